/** The largest part of a list that stands in the same order in another list of the same items: what was not moved. */
export function inOrder<T>(items: readonly T[], other: readonly T[]): readonly T[] {
  const place = new Map(other.map((item, index) => [item, index]))
  // The longest rising sequence of places; lists of rules are short enough for the square of their length.
  const best: { length: number; before: number }[] = []
  for (const [index, item] of items.entries()) {
    let longest = { length: 1, before: -1 }
    for (let earlier = 0; earlier < index; earlier += 1) {
      const rises = (place.get(items[earlier] as T) ?? -1) < (place.get(item) ?? -1)
      const length = (best[earlier]?.length ?? 0) + 1
      if (rises && length > longest.length) longest = { length, before: earlier }
    }
    best.push(longest)
  }
  let at = best.reduce((end, each, index) => (each.length > (best[end]?.length ?? 0) ? index : end), 0)
  const kept: T[] = []
  while (at >= 0 && at < items.length) {
    kept.unshift(items[at] as T)
    at = best[at]?.before ?? -1
  }
  return kept
}
