import { useState } from 'react'
import type { PortalSettings } from '../../../http/admin/settings/portal.ts'
import { Card } from '../kit/Page.tsx'
import { Choose, Field } from '../kit/Field.tsx'
import { CopyButton } from './Copy.tsx'
import { snippets } from './embed-snippets.ts'

/** How the portal comes onto the merchant's own page, to copy. */
export function EmbedCard({ settings: { portal_url, look } }: { settings: PortalSettings }) {
  const [chosen, setChosen] = useState<keyof typeof snippets>('html')
  const text = snippets[chosen].text(portal_url)
  return (
    <Card title="On your own page">
      <div className="grid gap-3">
        <p className="text-quiet">
          One script and one element. It follows your page’s language and theme, and needs no cookies.{' '}
          {look.origins.length === 0 && 'Name your site above first: without that, browsers refuse to show it.'}
        </p>
        <Field label="For">
          {(id) => (
            <Choose
              id={id}
              value={chosen}
              choices={Object.entries(snippets).map(([key, { word }]) => [key, word] as const)}
              onChange={({ target }) => setChosen(target.value as keyof typeof snippets)}
            />
          )}
        </Field>
        <pre tabIndex={0} className="overflow-x-auto rounded-lg bg-sunken p-3 text-small">
          <code>{text}</code>
        </pre>
        <div>
          <CopyButton text={text} label="the snippet" />
        </div>
      </div>
    </Card>
  )
}
