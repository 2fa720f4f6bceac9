/** How long a comment is as it is kept: in code points, without space around it. */
export const lengthOf = (comment: string | null | undefined): number => [...(comment ?? '').trim()].length

/** The most that a comment, a question or an answer may have, in code points. */
export const commentAtMost = 10_000
