import { html, raw } from 'hono/html'
import { languages } from '../domain/languages.ts'
import { logoId, type Brand, type Letter } from './letter.ts'

/** The letter as plain text, 72 characters wide at most where words allow. `url` is where the button leads. */
export function textOf(letter: Letter, brand: Brand, url: string | null): string {
  const facts = letter.facts.map(([label, value]) => `${label}: ${value}`).join('\n')
  const parts = [
    ...letter.paragraphs.map(wrap),
    letter.quote === null ? '' : letter.quote.split('\n').map(quoted).join('\n'),
    facts,
    letter.action !== null && url !== null ? `${letter.action}:\n${url}` : '',
    `-- \n${brand.name}${letter.foot.length > 0 ? `\n${letter.foot.map(wrap).join('\n')}` : ''}`,
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const quoted = (line: string): string => `> ${line}`.trimEnd()

function wrap(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/(?![^\n]{1,72}$)([^\n]{1,72})\s/g, '$1\n'))
    .join('\n')
}

const paper = '#ffffff'
const desk = '#f2f3f5'
const ink = '#1d2126'
const quiet = '#5b6470'
const line = '#dfe3e8'
const font = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

// Clients that read this follow the reader's dark mode. Those that don't read it (Outlook, Gmail's apps) turn the colours
// themselves: nothing here is a picture of text, and every colour has its ground set beside it, so both stay readable.
const dark = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.desk{background:#14171a !important}
.paper{background:#1f2428 !important;border-color:#343b42 !important}
.ink{color:#eceff2 !important}
.quiet{color:#a9b2bc !important}
.rule{border-color:#343b42 !important}
.quote{background:#282e34 !important}
.link{color:#9fc5ff !important}
}
@media (max-width:480px){.pad{padding:20px 18px !important}.outer{padding:12px 0 !important}}`

/**
 * The letter as HTML that holds in mail clients: one table, inline styles, nothing fetched from outside, right to left where
 * the language is. The words are escaped here and nowhere else. `logo` is the address of the logo, `cid:…` in a mail.
 */
export async function htmlOf(
  letter: Letter,
  brand: Brand,
  url: string | null,
  logo: string | null = brand.logo && `cid:${logoId}`,
): Promise<string> {
  const { direction } = languages[letter.language]
  const start = direction === 'rtl' ? 'right' : 'left'
  return String(
    await html`<!doctype html>
      <html lang="${letter.language}" dir="${direction}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="supported-color-schemes" content="light dark" />
          <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
          <title>${letter.subject}</title>
          <style>
            ${raw(dark)}
          </style>
        </head>
        <body
          class="desk"
          style="margin:0;padding:0;background:${desk};-webkit-text-size-adjust:100%"
          dir="${direction}"
        >
          <div style="display:none;max-height:0;overflow:hidden">${letter.paragraphs[0] ?? ''}</div>
          <table
            role="presentation"
            class="desk"
            width="100%"
            cellpadding="0"
            cellspacing="0"
            border="0"
            style="background:${desk}"
          >
            <tr>
              <td class="outer" align="center" style="padding:28px 12px">
                ${raw('<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->')}
                <table
                  role="presentation"
                  class="paper"
                  width="100%"
                  cellpadding="0"
                  cellspacing="0"
                  border="0"
                  style="max-width:560px;background:${paper};border:1px solid ${line};border-radius:10px;border-collapse:separate"
                >
                  <tr>
                    <td
                      class="pad"
                      align="${start}"
                      dir="${direction}"
                      style="padding:28px 32px;font-family:${font};font-size:16px;line-height:1.5"
                    >
                      ${head(brand, logo)}
                      <h1
                        class="ink"
                        style="margin:20px 0 14px;color:${ink};font-size:22px;line-height:1.3;font-weight:600"
                      >
                        ${letter.subject}
                      </h1>
                      ${letter.paragraphs.map((text) => html`<p class="ink" style="margin:0 0 14px;color:${ink}"><span dir="auto">${lines(text)}</span></p>`)}
                      ${letter.quote === null ? '' : quoteBox(letter.quote)}
                      ${letter.facts.length === 0 ? '' : factsTable(letter.facts, start)}
                      ${letter.action === null || url === null ? '' : button(letter, brand, url, start)}
                      ${letter.foot.length === 0 ? '' : foot(letter.foot)}
                    </td>
                  </tr>
                </table>
                ${raw('<!--[if mso]></td></tr></table><![endif]-->')}
              </td>
            </tr>
          </table>
        </body>
      </html>`,
  )
}

const lines = (text: string) => text.split('\n').map((each, index) => (index === 0 ? each : html`<br />${each}`))

// A logo of any colour stands on white, in the dark too.
const head = (brand: Brand, logo: string | null) =>
  logo === null
    ? html`<div class="quiet" style="color:${quiet};font-size:15px;font-weight:600"><bdi>${brand.name}</bdi></div>`
    : html`<img
        src="${logo}"
        alt="${brand.name}"
        height="36"
        style="display:block;height:36px;max-width:220px;border:0;background:#ffffff;border-radius:6px;color:${quiet};font-size:15px;font-weight:600"
      />`

// Which way it is written is up to who wrote it.
const quoteBox = (text: string) =>
  html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px">
    <tr>
      <td
        class="quote ink"
        dir="auto"
        style="text-align:start;padding:12px 16px;background:${desk};color:${ink};border-radius:6px;font-size:16px;line-height:1.5;word-break:break-word"
      >
        ${lines(text)}
      </td>
    </tr>
  </table>`

const factsTable = (facts: Letter['facts'], start: string) =>
  html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:4px 0 18px">
    ${facts.map(
      ([label, value]) =>
        html`<tr>
          <td
            class="quiet rule"
            align="${start}"
            valign="top"
            width="34%"
            style="padding:8px 0;border-top:1px solid ${line};color:${quiet};font-size:14px;line-height:1.45"
          >
            ${label}
          </td>
          <td
            class="ink rule"
            align="${start}"
            valign="top"
            style="padding:8px 0;padding-inline-start:12px;border-top:1px solid ${line};color:${ink};font-size:14px;line-height:1.45;word-break:break-word"
          >
            <bdi>${value}</bdi>
          </td>
        </tr>`,
    )}
  </table>`

const button = (letter: Letter, brand: Brand, url: string, start: string) =>
  html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px">
      <tr>
        <td align="center" bgcolor="${brand.accent}" style="border-radius:8px;background:${brand.accent}">
          <a
            href="${url}"
            style="display:inline-block;padding:13px 24px;color:${brand.onAccent};font-family:${font};font-size:16px;font-weight:600;text-decoration:none"
            >${letter.action}</a
          >
        </td>
      </tr>
    </table>
    <p class="quiet" align="${start}" style="margin:0 0 4px;color:${quiet};font-size:13px;line-height:1.45">
      ${letter.or_copy}<br /><a class="link" href="${url}" dir="ltr" style="color:#1a57a8;word-break:break-all"
        >${url}</a
      >
    </p>`

const foot = (texts: readonly string[]) =>
  html`<div
    class="quiet rule"
    style="margin-top:22px;padding-top:14px;border-top:1px solid ${line};color:${quiet};font-size:13px;line-height:1.45"
  >
    ${texts.map((text) => html`<div>${text}</div>`)}
  </div>`
