/** @jsxImportSource preact */
import { useWords } from '../language.ts'

/** Where the reader is among What, Why and What will happen. */
export function Steps({ step }: { step: 1 | 2 | 3 }) {
  const { steps } = useWords()
  const names = [steps.what, steps.why, steps.then]
  return (
    <div class="steps">
      <ol aria-label={steps.label}>
        {names.map((name, index) => (
          <li
            key={name}
            data-state={index + 1 < step ? 'done' : index + 1 === step ? 'current' : 'next'}
            aria-current={index + 1 === step ? 'step' : undefined}
          >
            <span>{name}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
