/** @jsxImportSource preact */
import { moment } from '../format.ts'
import { useLocale, useWords } from '../language.ts'
import type { LineStep } from '../line.ts'
import { Icon, type Shape } from './Icon.tsx'

const shapes = {
  done: 'check',
  now: 'clock',
  next: undefined,
  stopped: 'alert',
  no: 'cross',
} as const satisfies Record<LineStep['state'], Shape | undefined>

/** received → decided → sent to the bank → arrived, with what is done, what is going on, and what is to come. */
export function Timeline({ steps }: { steps: readonly LineStep[] }) {
  const { line } = useWords()
  const locale = useLocale()
  return (
    <ol class="line">
      {steps.map((step) => {
        const shape = shapes[step.state]
        const spokenState = step.state === 'no' ? line.done : line[step.state]
        return (
          <li key={step.words} data-state={step.state} aria-current={step.state === 'now' ? 'step' : undefined}>
            <span class="dot">{shape && <Icon shape={shape} />}</span>
            <span class="event">
              <span>
                {step.words}
                <span class="unseen"> ({spokenState})</span>
              </span>
              {step.at !== null && <time dateTime={step.at}>{moment(step.at, locale)}</time>}
              {step.detail !== null && <span class="details">{step.detail}</span>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
