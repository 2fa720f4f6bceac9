/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import type { EnterAnswer } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { CallFailed } from '../api.ts'
import { useSpoken } from '../language.ts'
import { Icon } from '../parts/Icon.tsx'
import { Title } from '../parts/Title.tsx'
import { troubleWords } from '../parts/trouble-words.ts'

type Props = {
  readonly token: string
  readonly done: (answer: EnterAnswer) => void
  readonly over: (fault: 'expired' | 'used' | 'unknown') => void
}

const isFault = (text: unknown): text is Parameters<Props['over']>[0] =>
  text === 'expired' || text === 'used' || text === 'unknown'

/**
 * A mailed link, before it is used: only the button uses it, so that programs which open the links in a mail don't. In another
 * browser than the one that asked, it wants the six digits that are shown there.
 */
export function OpenByMail({ token, done, over }: Props) {
  const reader = useSpoken()
  const { sign_in } = reader.words
  const [wantsCode, setWantsCode] = useState(false)
  const [code, setCode] = useState('')
  const [stage, setStage] = useState<{ busy: boolean; wrong: string }>({ busy: false, wrong: '' })
  const open = (event: Event) => {
    event.preventDefault()
    const digits = code.replaceAll(/\D/g, '')
    if (wantsCode && digits.length !== 6) return setStage({ busy: false, wrong: sign_in.code_wrong })
    setStage({ busy: true, wrong: '' })
    api.openByMail(token, wantsCode ? digits : undefined).then(done, (error: unknown) => {
      const failed = error instanceof CallFailed ? error : new CallFailed('broken')
      const { fault } = failed.problem
      if (isFault(fault)) return over(fault)
      if (failed.code === 'code_needed') {
        setWantsCode(true)
        return setStage({ busy: false, wrong: '' })
      }
      setStage({ busy: false, wrong: failed.code === 'code_wrong' ? sign_in.code_wrong : troubleWords(failed, reader) })
    })
  }
  return (
    <form class="notice-page" onSubmit={open} noValidate>
      <span class="medallion">
        <Icon shape="lock" />
      </span>
      <Title>{sign_in.open_title}</Title>
      <p class="lead">{wantsCode ? sign_in.code_text : sign_in.open_text}</p>
      {wantsCode && (
        <label class="field">
          <span>{sign_in.code}</span>
          <input
            class="code"
            type="text"
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
            dir="ltr"
            maxLength={7}
            aria-describedby="code-wrong"
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
      )}
      <p id="code-wrong" class="wrong" role="alert">
        {stage.wrong}
      </p>
      <button type="submit" class="button" disabled={stage.busy}>
        {sign_in.open}
      </button>
    </form>
  )
}
