/** Milliseconds since 1970. Frozen time stands until it is moved; running time goes on at the speed of the wall clock. */
export type Clock = { frozenAt: number | null; offset: number }

export const realClock = (): Clock => ({ frozenAt: null, offset: 0 })
export const frozenClock = (at: number): Clock => ({ frozenAt: at, offset: 0 })

/** The time of a clock in milliseconds. */
export const timeOf = (clock: Clock): number => clock.frozenAt ?? Date.now() + clock.offset

/** Sets the time; a running clock goes on from there. */
export function moveTo(clock: Clock, at: number): void {
  if (clock.frozenAt === null) clock.offset = at - Date.now()
  else clock.frozenAt = at
}

export type Due = { readonly id: string; readonly at: number; readonly order: number }

/** A queue by time, and by order of entry where times are equal. A binary heap. */
export type Agenda<T extends Due> = T[]

const before = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Puts something into the queue. */
export function enter<T extends Due>(agenda: Agenda<T>, due: T): void {
  let i = agenda.push(due) - 1
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!before(agenda[i] as T, agenda[parent] as T)) return
    swap(agenda, i, parent)
    i = parent
  }
}

/** Takes the first entry out if it is due at that time. */
export function takeDue<T extends Due>(agenda: Agenda<T>, at: number): T | null {
  const first = agenda[0]
  if (!first || first.at > at) return null
  const last = agenda.pop() as T
  if (agenda.length > 0) {
    agenda[0] = last
    sink(agenda)
  }
  return first
}

function sink<T extends Due>(agenda: Agenda<T>): void {
  let i = 0
  for (;;) {
    let least = i
    for (const child of [2 * i + 1, 2 * i + 2]) {
      if (child < agenda.length && before(agenda[child] as T, agenda[least] as T)) least = child
    }
    if (least === i) return
    swap(agenda, i, least)
    i = least
  }
}

function swap<T>(list: T[], i: number, j: number): void {
  const kept = list[i] as T
  list[i] = list[j] as T
  list[j] = kept
}
