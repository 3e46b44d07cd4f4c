"""Stage 5: a plan becomes orders. Sent once, with three ends; what is unknown is asked about, never sent again blindly.

executor   sends and cancels, each to its end
reconcile  is an order whose answer was lost there, or proven absent?
locks      symbols where something is unknown: entries wait
"""
