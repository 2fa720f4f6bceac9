/** What became of a version: it acts, it will, another one came after it, or it never came into force. */
export type VersionState = 'in_force' | 'scheduled' | 'replaced' | 'passed_over'

type Version = { readonly version: number; readonly effective_from: Date }

/** The one that came into force last; of two at one instant the one published later. Nothing before the first. */
export function inForceAt<V extends Version>(versions: readonly V[], at: Date): V | undefined {
  return versions
    .filter(({ effective_from }) => effective_from <= at)
    .reduce<V | undefined>((last, each) => (last === undefined || later(each, last) ? each : last), undefined)
}

const later = (a: Version, b: Version): boolean =>
  a.effective_from.getTime() === b.effective_from.getTime()
    ? a.version > b.version
    : a.effective_from > b.effective_from

/** What a version is at an instant, among all of them. */
export function stateOf(version: Version, versions: readonly Version[], at: Date): VersionState {
  // Two at one instant: the earlier of them is never in force.
  const never = versions.some(
    (other) => other.version > version.version && other.effective_from.getTime() === version.effective_from.getTime(),
  )
  if (never) return 'passed_over'
  if (version.effective_from > at) return 'scheduled'
  return inForceAt(versions, at)?.version === version.version ? 'in_force' : 'replaced'
}
