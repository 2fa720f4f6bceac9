/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import * as api from '../api.ts'
import { CallFailed } from '../api.ts'
import { useSpoken, useWords } from '../language.ts'
import { Icon } from '../parts/Icon.tsx'
import { Title } from '../parts/Title.tsx'
import { troubleWords } from '../parts/trouble-words.ts'

type Asked = { readonly email: string; readonly code: string }

/** The way in for somebody without a link: their e-mail address, or that and the number of a receipt. */
export function SignIn() {
  const [asked, setAsked] = useState<Asked>()
  return asked === undefined ? <Ask done={setAsked} /> : <Sent asked={asked} again={() => setAsked(undefined)} />
}

// Only what is surely no address; whether there is one is for the mail server to say.
const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text.trim())

function Ask({ done }: { done: (asked: Asked) => void }) {
  const reader = useSpoken()
  const { sign_in } = reader.words
  const [email, setEmail] = useState('')
  const [number, setNumber] = useState<string>()
  const [stage, setStage] = useState<{ busy: boolean; wrong: string }>({ busy: false, wrong: '' })
  const ask = (event: Event) => {
    event.preventDefault()
    if (!isAddress(email)) return setStage({ busy: false, wrong: sign_in.email_wrong })
    setStage({ busy: true, wrong: '' })
    api.askForLink(email.trim(), number?.trim() ?? '').then(
      ({ code }) => done({ email: email.trim(), code }),
      (error: unknown) => {
        const failed = error instanceof CallFailed ? error : new CallFailed('broken')
        const wrong = failed.code === 'email_invalid' ? sign_in.email_wrong : troubleWords(failed, reader)
        setStage({ busy: false, wrong })
      },
    )
  }
  return (
    <form class="sign-in" onSubmit={ask} noValidate>
      <Title>{sign_in.title}</Title>
      <p class="lead">{sign_in.lead}</p>
      <label class="field">
        <span>{sign_in.email}</span>
        <input
          type="email"
          name="email"
          autocomplete="email"
          inputMode="email"
          dir="ltr"
          required
          aria-describedby="email-wrong"
          aria-invalid={stage.wrong === sign_in.email_wrong}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <p id="email-wrong" class="wrong" role="alert">
        {stage.wrong}
      </p>
      {number === undefined ? (
        <button type="button" class="quiet-link" onClick={() => setNumber('')}>
          {sign_in.with_number}
        </button>
      ) : (
        <label class="field">
          <span>{sign_in.number}</span>
          <input
            type="text"
            name="number"
            autocomplete="off"
            dir="ltr"
            maxLength={60}
            aria-describedby="number-hint"
            value={number}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
          <small id="number-hint">{sign_in.number_hint}</small>
        </label>
      )}
      <div class="deed">
        <button type="submit" class="button" disabled={stage.busy}>
          {sign_in.send}
        </button>
      </div>
    </form>
  )
}

function Sent({ asked, again }: { asked: Asked; again: () => void }) {
  const { sign_in } = useWords()
  return (
    <section class="notice-page">
      <span class="medallion">
        <Icon shape="sent" />
      </span>
      <Title>{sign_in.sent.title}</Title>
      <p class="lead">{sign_in.sent.text}</p>
      <p>
        <bdi>{asked.email}</bdi>
      </p>
      <section class="sheet">
        <p>{sign_in.sent_code}</p>
        <p class="code" dir="ltr">
          {asked.code.slice(0, 3)} {asked.code.slice(3)}
        </p>
      </section>
      <p class="hint">{sign_in.nothing_came}</p>
      <button type="button" class="button quiet" onClick={again}>
        {sign_in.other_address}
      </button>
    </section>
  )
}
