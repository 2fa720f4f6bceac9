import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { languageCodes, languages, type Language } from '../../../domain/languages.ts'
import type { PortalTexts } from '../../../http/admin/settings/portal.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { useSend } from './send.ts'

type Sentence = PortalTexts['texts'][number]

// More would be more than anybody reads; searching finds the others.
const shownAtMost = 12

/** Every sentence of the portal, and the merchant's own in its place. */
export function TextsCard() {
  const [language, setLanguage] = useState<Language>('en')
  const [sought, setSought] = useState('')
  const { data } = useQuery({
    queryKey: ['settings', 'portal', 'texts', language],
    queryFn: () => get<PortalTexts>(`/settings/portal/texts/${language}`),
  })
  const words = sought.toLowerCase()
  const all = data?.texts ?? []
  const found = all.filter(({ key, ours, own }) =>
    words === '' ? own !== null : `${key} ${ours} ${own ?? ''}`.toLowerCase().includes(words),
  )
  return (
    <Card title="Words">
      <div className="grid gap-4">
        <p className="text-quiet">
          Every sentence can be your own, in each language. Find it by what it says; what stands in braces is filled in
          and has to stay.
        </p>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Language">
            {(id) => (
              <Choose
                id={id}
                value={language}
                choices={languageCodes.map((code) => [code, languages[code].name] as const)}
                onChange={({ target }) => setLanguage(target.value as Language)}
              />
            )}
          </Field>
          <Field label="Find a sentence">
            {(id) => <Input id={id} type="search" value={sought} onChange={({ target }) => setSought(target.value)} />}
          </Field>
        </div>
        {words === '' && found.length === 0 && <p className="text-quiet">All sentences are ours so far.</p>}
        {words !== '' && found.length === 0 && <p className="text-quiet">No sentence says this.</p>}
        <ul className="grid gap-4">
          {found.slice(0, shownAtMost).map((sentence) => (
            <One key={`${language} ${sentence.key}`} language={language} sentence={sentence} />
          ))}
        </ul>
        {found.length > shownAtMost && (
          <p className="text-quiet">{found.length - shownAtMost} more. Search for more of the words.</p>
        )}
      </div>
    </Card>
  )
}

function One({ language, sentence: { key, ours, own } }: { language: Language; sentence: Sentence }) {
  const [text, setText] = useState(own ?? ours)
  const save = useSend()
  const put = (value: string | null) =>
    save.mutate({ path: '/settings/portal/texts', body: { language, key, text: value } })
  return (
    <li>
      <Field label={key} hint={own === null ? undefined : <span lang={language}>Ours: {ours}</span>}>
        {(id, hint) => (
          <Area
            id={id}
            aria-describedby={hint}
            lang={language}
            dir={languages[language].direction}
            rows={text.length > 90 ? 3 : 1}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <div className="mt-1 flex gap-2">
        <Button disabled={save.isPending || text === (own ?? ours)} onClick={() => put(text)}>
          Save
        </Button>
        {own !== null && (
          <Button
            look="quiet"
            onClick={() => {
              setText(ours)
              put(null)
            }}
          >
            Back to ours
          </Button>
        )}
      </div>
      <Refused error={save.error} />
    </li>
  )
}
