/** A state machine as a table: what each state means and which arrows leave it. There is no way around the table. */
export type Machine<S extends string, E extends string> = {
  readonly name: string
  readonly initial: S
  readonly states: Readonly<Record<S, { readonly on: Readonly<Partial<Record<E, S>>>; readonly note: string }>>
}

export type Arrow<S extends string, E extends string> = { readonly from: S; readonly event: E; readonly to: S }

/** Every change of state that may happen, in the order of the table. */
export function arrows<S extends string, E extends string>(machine: Machine<S, E>): Arrow<S, E>[] {
  const states = Object.entries(machine.states) as [S, { on: Partial<Record<E, S>> }][]
  return states.flatMap(([from, { on }]) =>
    (Object.entries(on) as [E, S][]).map(([event, to]) => ({ from, event, to })),
  )
}

/** Where an event leads from a state, or undefined when there is no such arrow. */
export function follow<S extends string, E extends string>(
  machine: Machine<S, E>,
  from: NoInfer<S>,
  event: NoInfer<E>,
): S | undefined {
  return machine.states[from].on[event]
}

/** The states that no arrow reaches. Must be empty. */
export function unreachable<S extends string, E extends string>(machine: Machine<S, E>): S[] {
  const reached = new Set<S>([machine.initial])
  for (let before = 0; before !== reached.size;) {
    before = reached.size
    for (const { from, to } of arrows(machine)) if (reached.has(from)) reached.add(to)
  }
  return (Object.keys(machine.states) as S[]).filter((state) => !reached.has(state))
}

/** The SQL of the check constraint that a status column carries. */
export function sqlCheck<S extends string, E extends string>({ states }: Machine<S, E>): string {
  return `check (status in (${Object.keys(states)
    .map((state) => `'${state}'`)
    .join(', ')}))`
}

/** The rows of the table `arrow`, which an entry in the journal of moves must match. */
export function sqlArrows<S extends string, E extends string>(machine: Machine<S, E>): string {
  return arrows(machine)
    .map(({ from, event, to }) => `('${machine.name}', '${from}', '${event}', '${to}')`)
    .join(',\n  ')
}

/** The machine as a Mermaid state diagram. */
export function mermaid<S extends string, E extends string>(machine: Machine<S, E>): string {
  const lines = arrows(machine).map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`)
  const notes = Object.entries<{ note: string }>(machine.states).map(
    ([state, { note }]) => `  ${state}: ${state}<br>${note}`,
  )
  return ['stateDiagram-v2', `  [*] --> ${machine.initial}`, ...lines, ...notes].join('\n') + '\n'
}
