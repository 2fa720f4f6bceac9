/** For how long a person's click in the console can be taken back: nothing is sent and nobody is told before. */
export const undoMs = 10_000
