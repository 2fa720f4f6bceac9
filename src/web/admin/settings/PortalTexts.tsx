import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { languageCodes, languages, type Language } from '../../../domain/languages.ts'
import type { WordPart } from '../../../domain/own-words.ts'
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

const parts: readonly (readonly [WordPart, string])[] = [
  ['portal', 'The portal'],
  ['mail', 'Mails'],
  ['withdrawal', 'Withdrawal from a contract'],
  ['page', 'The rules, and pages without JavaScript'],
]

/** The sentences of a part in a language. */
export const useTexts = (part: WordPart, language: Language) =>
  useQuery({
    queryKey: ['settings', 'portal', 'texts', part, language],
    queryFn: () => get<PortalTexts>(`/settings/portal/texts/${language}?part=${part}`),
  })

/** Every sentence that customers read, and the merchant's own in its place. */
export function TextsCard() {
  const [language, setLanguage] = useState<Language>('en')
  const [sought, setSought] = useState('')
  const [part, setPart] = useState<WordPart>('portal')
  const { data, dataUpdatedAt } = useTexts(part, language)
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
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Where">
            {(id) => (
              <Choose
                id={id}
                value={part}
                choices={parts}
                onChange={({ target }) => setPart(target.value as WordPart)}
              />
            )}
          </Field>
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
            <OneText key={`${language} ${sentence.key}`} language={language} sentence={sentence} />
          ))}
        </ul>
        {part === 'withdrawal' && <WithdrawalPreview language={language} version={dataUpdatedAt} />}
        {part === 'mail' && <p className="text-quiet">Settings, Mail shows each letter whole, in these words.</p>}
        {found.length > shownAtMost && (
          <p className="text-quiet">{found.length - shownAtMost} more. Search for more of the words.</p>
        )}
      </div>
    </Card>
  )
}

/** One sentence to write anew, with how it reads with values in its blanks. */
export function OneText({ language, sentence: { key, ours, own } }: { language: Language; sentence: Sentence }) {
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
      {text.includes('{') && (
        <p className="mt-1 text-small text-quiet">
          Reads: <span lang={language}>{asRead(text)}</span>
        </p>
      )}
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

// Made-up values for the blanks; what is not among them is shown by its name.
const examples: Readonly<Record<string, string>> = {
  amount: '€49.00',
  date: '12 May',
  until: '12 May',
  from: '2 May',
  to: '9 May',
  by: 'Friday, 5 May',
  due: '5 May',
  days: '18',
  minutes: '5',
  more: '4',
  left: '200',
  count: '3',
  percent: '60',
  share: '40%',
  brand: 'Visa',
  last4: '4242',
  name: 'screen.jpg',
  payment: 'Studio (€49.00)',
  method: 'Visa •4242',
  shop: 'Acme',
  product: 'Studio',
  contract: 'Studio, INV-0042',
  email: 'ada@example.com',
  version: '3',
}

const asRead = (text: string): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => examples[name] ?? `(${name})`)

function WithdrawalPreview({ language, version }: { language: Language; version: number }) {
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      {(['withdrawal', 'statement'] as const).map((of, at) => (
        <iframe
          key={of}
          title={`Withdrawal, step ${at + 1}`}
          src={`/admin/api/settings/portal/preview?of=${of}&language=${language}&v=${version}`}
          className="h-[34rem] w-full rounded-lg border border-line"
        />
      ))}
    </div>
  )
}
