/** For how long a person's click in the console can be taken back: nothing is sent and nobody is told before. */
export const undoMs = 10_000

/** Whether an answer is not final yet: who gave it can still take it back, so nobody outside may be told of it. */
export const mayBeUndone = ({ undo_until }: { readonly undo_until: Date | null }, now: Date): boolean =>
  undo_until !== null && now.getTime() < undo_until.getTime()
