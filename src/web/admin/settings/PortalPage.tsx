import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { languageCodes, languages, type Language } from '../../../domain/languages.ts'
import type { PortalLook } from '../../../domain/portal-look.ts'
import type { PortalSettings } from '../../../http/admin/settings/portal.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { Frame } from './Frame.tsx'
import { AlternativesCard } from './PortalAlternatives.tsx'
import { EmbedCard } from './PortalEmbed.tsx'
import { KeysCard } from './PortalKeys.tsx'
import { TextsCard } from './PortalTexts.tsx'
import { useSend } from './send.ts'

/** How the portal looks and speaks, where it may stand, and what stands beside a refund. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'portal'], queryFn: () => get<PortalSettings>('/settings/portal') })
  return (
    <Frame
      title="Portal"
      about="What your customers see when they ask for their money back: your name, your colour, your words. The colour is made darker or lighter where it could not be read."
      query={query}
    >
      {(data) => (
        <>
          <LookCard settings={data} />
          <TextsCard />
          <AlternativesCard settings={data} />
          <EmbedCard settings={data} />
          <KeysCard settings={data} />
        </>
      )}
    </Frame>
  )
}

async function base64Of(file: File): Promise<string> {
  const url = await new Promise<string>((done, failed) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => done(String(reader.result)))
    reader.addEventListener('error', () => failed(reader.error))
    reader.readAsDataURL(file)
  })
  return url.slice(url.indexOf(',') + 1)
}

const themes = [
  ['auto', 'As the customer’s device'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const

function LookCard({ settings }: { settings: PortalSettings }) {
  const [look, setLook] = useState(settings.look)
  const [logo, setLogo] = useState<File | null>()
  const [language, setLanguage] = useState<Language>('en')
  const save = useSend(() => setLogo(undefined))
  const change = (part: Partial<PortalLook>) => setLook({ ...look, ...part })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const picture = logo ? await base64Of(logo) : logo
    save.mutate({ path: '/settings/portal/look', body: { look, ...(picture !== undefined && { logo: picture }) } })
  }
  return (
    <Card title="Look">
      <div className="grid gap-6 lg:grid-cols-[1fr_22rem]">
        <form className="grid content-start gap-4" onSubmit={(event) => void submit(event)}>
          <Field label="Name" hint={`What customers know you as. Empty: ${settings.shop}.`}>
            {(id, hint) => (
              <Input
                id={id}
                aria-describedby={hint}
                maxLength={60}
                value={look.name ?? ''}
                onChange={({ target }) => change({ name: target.value || null })}
              />
            )}
          </Field>
          <Field
            label="Logo"
            hint="PNG, JPEG or WebP, at most 512 kB. It is drawn anew, so nothing but its pixels is kept."
          >
            {(id, hint) => (
              <div className="flex flex-wrap items-center gap-2">
                {settings.logo && logo === undefined && <img src={settings.logo} alt="The logo now" className="h-8" />}
                <input
                  id={id}
                  aria-describedby={hint}
                  type="file"
                  accept="image/png,image/jpeg,image/webp"
                  onChange={({ target }) => setLogo(target.files?.[0])}
                />
                {settings.logo && (
                  <Button look="quiet" onClick={() => setLogo(null)}>
                    {logo === null ? 'Goes when you save' : 'Take it away'}
                  </Button>
                )}
              </div>
            )}
          </Field>
          <Field label="Colour" hint="Of links and buttons.">
            {(id, hint) => (
              <div className="flex gap-2">
                <input
                  id={id}
                  aria-describedby={hint}
                  type="color"
                  className="h-9 w-14 rounded-md border border-edge"
                  value={look.accent ?? '#2f4bd0'}
                  onChange={({ target }) => change({ accent: target.value as `#${string}` })}
                />
                <Button look="quiet" disabled={look.accent === null} onClick={() => change({ accent: null })}>
                  Back to ours
                </Button>
              </div>
            )}
          </Field>
          <Field label={`Corners: ${look.radius} px`}>
            {(id) => (
              <input
                id={id}
                type="range"
                min={0}
                max={24}
                className="w-full"
                value={look.radius}
                onChange={({ target }) => change({ radius: Number(target.value) })}
              />
            )}
          </Field>
          <Field label="Light or dark">
            {(id) => (
              <Choose
                id={id}
                value={look.theme}
                choices={themes}
                onChange={({ target }) => change({ theme: target.value as PortalLook['theme'] })}
              />
            )}
          </Field>
          <Field label="Sites that may show it in a frame" hint="One address a line, such as https://shop.example.com.">
            {(id, hint) => (
              <Area
                id={id}
                aria-describedby={hint}
                rows={2}
                value={look.origins.join('\n')}
                onChange={({ target }) => change({ origins: target.value.split(/\s+/) })}
              />
            )}
          </Field>
          <Refused error={save.error} />
          <div className="flex items-center gap-3">
            <Button
              look="primary"
              type="submit"
              disabled={save.isPending}
              onClick={() => change({ origins: look.origins.filter((each) => each !== '') })}
            >
              Save the look
            </Button>
            <span role="status" className="text-quiet">
              {save.isSuccess && 'Saved.'}
            </span>
          </div>
        </form>
        <Preview look={look} language={language} setLanguage={setLanguage} />
      </div>
    </Card>
  )
}

type PreviewProps = {
  readonly look: PortalLook
  readonly language: Language
  readonly setLanguage: (language: Language) => void
}

/** The portal in the look that is being tried. Nobody else sees it before it is saved. */
function Preview({ look, language, setLanguage }: PreviewProps) {
  const query = new URLSearchParams({
    language,
    radius: String(look.radius),
    theme: look.theme,
    ...(look.name && { name: look.name }),
    ...(look.accent && { accent: look.accent }),
  })
  return (
    <div>
      <Field label="Preview in">
        {(id) => (
          <Choose
            id={id}
            value={language}
            choices={languageCodes.map((code) => [code, languages[code].name] as const)}
            onChange={({ target }) => setLanguage(target.value as Language)}
          />
        )}
      </Field>
      <iframe
        title="What customers see"
        src={`/admin/api/settings/portal/preview?${query.toString()}`}
        className="mt-2 h-[30rem] w-full rounded-lg border border-line"
      />
    </div>
  )
}
