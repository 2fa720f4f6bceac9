import { useState } from 'react'
import { languageCodes, languages, type Language } from '../../../domain/languages.ts'
import type { Alternative } from '../../../domain/portal-look.ts'
import type { PortalSettings } from '../../../http/admin/settings/portal.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { useSend } from './send.ts'

type Said = Readonly<Record<string, string>>

/** A text in a language; an empty one is none, so that English stands in its place. */
const inWords = (said: Said, language: Language, text: string): Said => {
  const { [language]: _, ...rest } = said
  return text === '' && language !== 'en' ? rest : { ...said, [language]: text }
}

function missingWords({ title, text }: Alternative): string {
  const missing = languageCodes.filter((code) => !title[code] || !text[code]).map((code) => languages[code].name)
  return missing.length === 0 ? 'Written in all languages.' : `Not written yet: ${missing.join(', ')}.`
}

const blank: Alternative = { name: '', title: { en: '' }, text: { en: '' }, url: null }

/** What stands beside a refund, and how often it was chosen. */
export function AlternativesCard({ settings }: { settings: PortalSettings }) {
  const [all, setAll] = useState(settings.look.alternatives)
  const [language, setLanguage] = useState<Language>('en')
  const spoken = languages[language].name
  const save = useSend()
  const change = (at: number, part: Partial<Alternative>) =>
    setAll(all.map((each, index) => (index === at ? { ...each, ...part } : each)))
  const countsOf = (name: string) => settings.counts.find((each) => each.name === name)
  return (
    <Card title="Alternatives">
      <div className="grid gap-4">
        <p className="text-quiet">
          A pause, a credit, a discount: below the refund’s button, at most three, and never beside a “no”. Where one
          has no address of yours, choosing it calls a person.
        </p>
        <Field label="Words in" hint="Where a language is missing, customers read English.">
          {(id, hint) => (
            <Choose
              id={id}
              aria-describedby={hint}
              value={language}
              choices={languageCodes.map((code) => [code, languages[code].name] as const)}
              onChange={({ target }) => setLanguage(target.value as Language)}
            />
          )}
        </Field>
        {all.map((each, at) => {
          const counts = countsOf(each.name)
          return (
            <fieldset key={at} className="grid gap-3 rounded-lg border border-line p-3 sm:grid-cols-2">
              <legend className="px-1 text-small font-medium">{each.title['en'] || 'A new one'}</legend>
              <Field label="Name in reports" hint="Small letters, digits and _.">
                {(id, hint) => (
                  <Input
                    id={id}
                    aria-describedby={hint}
                    value={each.name}
                    onChange={({ target }) => change(at, { name: target.value })}
                  />
                )}
              </Field>
              <Field label="Address of your page" hint="Empty: a person sets it up.">
                {(id, hint) => (
                  <Input
                    id={id}
                    aria-describedby={hint}
                    value={each.url ?? ''}
                    onChange={({ target }) => change(at, { url: target.value || null })}
                  />
                )}
              </Field>
              <Field label={`Title (${spoken})`}>
                {(id) => (
                  <Input
                    id={id}
                    lang={language}
                    dir={languages[language].direction}
                    placeholder={each.title['en']}
                    value={each.title[language] ?? ''}
                    onChange={({ target }) => change(at, { title: inWords(each.title, language, target.value) })}
                  />
                )}
              </Field>
              <Field label={`Sentence (${spoken})`}>
                {(id) => (
                  <Area
                    id={id}
                    rows={2}
                    lang={language}
                    dir={languages[language].direction}
                    placeholder={each.text['en']}
                    value={each.text[language] ?? ''}
                    onChange={({ target }) => change(at, { text: inWords(each.text, language, target.value) })}
                  />
                )}
              </Field>
              <p className="text-quiet sm:col-span-2">{missingWords(each)}</p>
              <p className="text-quiet">
                {counts
                  ? `Shown beside ${counts.shown} payments, chosen ${counts.taken} times; ${counts.refunded_after} of these were refunded later.`
                  : 'Not shown yet.'}
              </p>
              <div className="text-end">
                <Button look="quiet" onClick={() => setAll(all.filter((_, index) => index !== at))}>
                  Take away
                </Button>
              </div>
            </fieldset>
          )
        })}
        <Refused error={save.error} />
        <div className="flex gap-2">
          <Button disabled={all.length >= 3} onClick={() => setAll([...all, blank])}>
            Add one
          </Button>
          <Button
            look="primary"
            disabled={save.isPending}
            onClick={() =>
              save.mutate({ path: '/settings/portal/look', body: { look: { ...settings.look, alternatives: all } } })
            }
          >
            Save the alternatives
          </Button>
        </div>
      </div>
    </Card>
  )
}
