"""Seeds that once broke something, with what it was. A seed is the same run only while the course stays the same."""

FOUND: dict[int, str] = {
    128: "a decision that the disk took and then denied was never acted on",
    139: "a trade that ended while the disk failed stood as open",
    818: "a line that broke at the start, before the channels were found, was never dialled again",
    20114: "the clock set back while dialling left Telegram unheard for good",
    40118: "a question that hung kept the watch from a stop that was taken away",
    40641: "what a stop had sold was sold again, out of the other trade on its position",
    60609: "one write that the journal never takes held up all that was owed to it",
    60037: "a close that the channel asked for went with one for want of a stop that never arrived",
}
