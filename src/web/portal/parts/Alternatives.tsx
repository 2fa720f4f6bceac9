/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import type { AlternativeView } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { CallFailed } from '../api.ts'
import { useSpoken } from '../language.ts'
import { Icon } from './Icon.tsx'
import { troubleWords } from './trouble-words.ts'

type Props = { readonly payment: string; readonly alternatives: readonly AlternativeView[] }

/** What the merchant offers beside the refund: below its button, so that it is never in the way. */
export function Alternatives({ payment, alternatives }: Props) {
  const reader = useSpoken()
  const words = reader.words.alternatives
  const [taken, setTaken] = useState<string>()
  const [failed, setFailed] = useState('')
  if (alternatives.length === 0) return null
  const take = ({ name, url }: AlternativeView) => {
    setFailed('')
    api.takeAlternative(payment, name).then(
      () => {
        setTaken(name)
        if (url !== null) open(url, '_blank', 'noopener,noreferrer')
      },
      (error: unknown) =>
        setFailed(troubleWords(error instanceof CallFailed ? error : new CallFailed('broken'), reader)),
    )
  }
  return (
    <section class="alternatives" aria-label={words.title}>
      <h2>{words.title}</h2>
      <p class="hint">{words.lead}</p>
      <p class="wrong" role="alert">
        {failed}
      </p>
      {alternatives.map((each) => (
        <div key={each.name} class="sheet">
          <h3>{each.title}</h3>
          <p>{each.text}</p>
          <div role="status">
            {taken === each.name && each.url === null && (
              <p class="changed">
                <Icon shape="check" />
                <span>
                  {words.taken.title}. {words.taken.text}
                </span>
              </p>
            )}
          </div>
          {taken !== each.name && (
            <button type="button" class="button quiet" onClick={() => take(each)}>
              {words.choose}
            </button>
          )}
        </div>
      ))}
    </section>
  )
}
