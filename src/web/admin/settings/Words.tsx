import { X } from 'lucide-react'
import { languageNames } from '../../../domain/words-by-language.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Input } from '../kit/Field.tsx'

type Words = Readonly<Record<string, string>>

/** A language's name, for its code. */
export const languageName = (code: string): string => {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}

const rightToLeft = /^(ar|he|fa|ur)/

/** One text in several languages: a box for each, English first. */
export function WordsEditor({
  words,
  set,
  long = false,
  max,
}: {
  words: Words
  set: (words: Words) => void
  long?: boolean
  max: number
}) {
  const others = Object.keys(languageNames).filter((code) => words[code] === undefined)
  return (
    <div className="space-y-2">
      {Object.entries(words).map(([code, text]) => {
        const shared = {
          'aria-label': `In ${languageName(code)}`,
          lang: code,
          dir: rightToLeft.test(code) ? 'rtl' : 'ltr',
          value: text,
          maxLength: max,
        }
        const change = (value: string) => set({ ...words, [code]: value })
        return (
          <div key={code} className="grid grid-cols-[1fr_auto] items-start gap-x-2 sm:grid-cols-[6rem_1fr_auto]">
            <span className="col-span-2 text-small text-quiet sm:col-span-1 sm:pt-2">{languageName(code)}</span>
            {long ? (
              <Area rows={3} {...shared} onChange={({ target }) => change(target.value)} />
            ) : (
              <Input {...shared} onChange={({ target }) => change(target.value)} />
            )}
            {code === 'en' ? (
              <span className="w-9" />
            ) : (
              <Button
                look="quiet"
                aria-label={`Take ${languageName(code)} out`}
                onClick={() => set(Object.fromEntries(Object.entries(words).filter(([one]) => one !== code)))}
              >
                <X size={15} aria-hidden="true" />
              </Button>
            )}
          </div>
        )
      })}
      {others.length > 0 && (
        <Choose
          aria-label="Add a language"
          className="sm:w-48"
          value=""
          choices={[['', 'Add a language…'], ...others.map((code) => [code, languageName(code)] as const)]}
          onChange={({ target }) => target.value && set({ ...words, [target.value]: '' })}
        />
      )}
    </div>
  )
}
