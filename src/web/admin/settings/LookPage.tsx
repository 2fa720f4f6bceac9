import { useState } from 'react'
import { Card, Head } from '../kit/Page.tsx'
import { applyTheme, chosenTheme, type Theme } from '../theme.ts'

const words: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }

/** Light or dark, kept in this browser. */
export function Page() {
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <div>
      <Head title="Look">
        <p className="text-quiet">Kept in this browser.</p>
      </Head>
      <div className="max-w-5xl p-4 lg:p-6">
        <Card title="Colours">
          <fieldset className="flex flex-wrap gap-4">
            <legend className="sr-only">Colours</legend>
            {(Object.keys(words) as Theme[]).map((choice) => (
              <label key={choice} className="flex min-h-6 items-center gap-2">
                <input
                  type="radio"
                  name="theme"
                  checked={theme === choice}
                  onChange={() => {
                    applyTheme(choice)
                    setTheme(choice)
                  }}
                />
                {words[choice]}
              </label>
            ))}
          </fieldset>
        </Card>
      </div>
    </div>
  )
}
