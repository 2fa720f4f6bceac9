import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { languageCodes, languages, type Language } from '../../../domain/languages.ts'
import type { MailPage } from '../../../http/admin/settings/mail.ts'
import { occasions, type Occasion } from '../../../mail/words/words.ts'
import { get } from '../api.ts'
import { Choose, Field } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge } from '../kit/Show.tsx'
import { Frame } from './Frame.tsx'
import { OneText, useTexts } from './PortalTexts.tsx'

const words: Readonly<Record<Occasion, string>> = {
  received: 'Received, not decided yet',
  in_review: 'A person will look',
  question: 'A question',
  approved: 'Approved',
  denied: 'Denied',
  refunded: 'Refund sent',
  needs_bank_details: 'Bank details needed',
  failed: 'Refund failed',
  bounced: 'Refund came back',
  withdrawn: 'Taken back',
  handled: 'Handled another way',
  access_ended: 'Access ended',
  access_ends: 'Access will end',
  withdrawal_received: 'Withdrawal acknowledged',
  sign_in: 'Link to sign in',
}

/** Every letter in every language, as it would be sent. */
export function Page() {
  const [occasion, setOccasion] = useState<Occasion>('approved')
  const [language, setLanguage] = useState<Language>('en')
  const query = useQuery({
    queryKey: ['settings', 'mail', occasion, language],
    queryFn: () => get<MailPage>(`/settings/mail?occasion=${occasion}&language=${language}`),
    placeholderData: keepPreviousData,
  })
  return (
    <Frame
      title="Mail"
      about="What customers are told by mail. The content of these is made up; the words are those that are sent."
      query={query}
    >
      {(data) => (
        <div className="space-y-4">
          <Card
            title="Sending"
            aside={<Badge tone={data.sent ? 'approve' : 'review'} word={data.sent ? 'Sent' : 'Kept, not sent'} />}
          >
            <p className="text-quiet">
              {data.sent
                ? `From ${data.from}.`
                : 'No mail server is set (SMTP_URL): letters are kept and shown with each request.'}{' '}
              {data.bounces === null
                ? 'Mail that comes back goes to the sender; set MAIL_BOUNCES to see it here.'
                : `Mail that comes back goes to ${data.bounces}.`}
            </p>
          </Card>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Letter">
              {(id) => (
                <Choose
                  id={id}
                  value={occasion}
                  onChange={({ target }) => setOccasion(target.value as Occasion)}
                  choices={occasions.map((each) => [each, words[each]] as const)}
                />
              )}
            </Field>
            <Field label="Language">
              {(id) => (
                <Choose
                  id={id}
                  value={language}
                  onChange={({ target }) => setLanguage(target.value as Language)}
                  choices={languageCodes.map((code) => [code, languages[code].name] as const)}
                />
              )}
            </Field>
          </div>
          <Preview data={data} version={query.dataUpdatedAt} />
          <OwnWords occasion={occasion} language={language} />
        </div>
      )}
    </Frame>
  )
}

/** The sentences of this letter, which can be the merchant's own. What all letters share stands under Portal, Words. */
function OwnWords({ occasion, language }: { occasion: Occasion; language: Language }) {
  const { data } = useTexts('mail', language)
  const own = data?.texts.filter(({ key }) => key.startsWith(`mail.letters.${occasion}.`)) ?? []
  return (
    <Card title="Words of this letter">
      <ul className="grid gap-4">
        {own.map((sentence) => (
          <OneText key={`${language} ${sentence.key}`} language={language} sentence={sentence} />
        ))}
      </ul>
    </Card>
  )
}

/** As HTML in a frame that may do nothing, and as text beside it. */
function Preview({ data, version }: { data: MailPage; version: number }) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[3fr_2fr]">
      <Card title="As HTML">
        <iframe
          title={`The letter “${data.subject}”`}
          sandbox=""
          src={`/admin/api/settings/mail/letter?occasion=${data.occasion}&language=${data.language}&v=${version}`}
          className="h-[640px] w-full rounded-md border border-line bg-white"
        />
      </Card>
      <Card title="As text">
        <p className="font-medium" dir="auto" lang={data.language}>
          {data.subject}
        </p>
        <pre className="mt-3 text-[0.8125rem] break-words whitespace-pre-wrap" dir="auto" lang={data.language}>
          {data.text}
        </pre>
      </Card>
    </div>
  )
}
