type Snippet = { readonly word: string; readonly text: (portal: string) => string }

const call = (portal: string, key: string) => `${portal}/v1/portal_sessions (key in ${key})`

/** The same thing in each place: the backend asks for a token, the page hands it to the element. */
export const snippets = {
  html: {
    word: 'Plain HTML',
    text: (portal) => `<script async src="${portal}/portal/embed.js"></script>

<!-- TOKEN: the part behind #t= of the url that POST /v1/portal_sessions answers, fresh for each page -->
<moneyback-refunds token="TOKEN"></moneyback-refunds>`,
  },
  react: {
    word: 'React',
    text: (portal) => `// 'moneyback-refunds' is a web component: no package is needed.
import { useEffect } from 'react'

export function Refunds({ token }: { token: string }) {
  useEffect(() => {
    if (document.querySelector('script[src$="/portal/embed.js"]')) return
    document.head.append(Object.assign(document.createElement('script'), { src: '${portal}/portal/embed.js' }))
  }, [])
  return <moneyback-refunds token={token} />
}`,
  },
  next: {
    word: 'Next.js',
    text: (portal) => `// app/refunds/page.tsx – ${call(portal, 'MONEYBACK_API_KEY')}
import Script from 'next/script'
import { currentUser } from '@/lib/auth'

export const dynamic = 'force-dynamic'

export default async function Page() {
  const { stripeCustomer } = await currentUser()
  const answer = await fetch('${portal}/v1/portal_sessions', {
    method: 'POST',
    cache: 'no-store',
    headers: {
      authorization: \`Bearer \${process.env.MONEYBACK_API_KEY}\`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify({ customer: stripeCustomer }),
  })
  const { url } = await answer.json()
  return (
    <>
      <Script src="${portal}/portal/embed.js" />
      <moneyback-refunds token={url.split('#t=')[1]} />
    </>
  )
}`,
  },
  rails: {
    word: 'Ruby on Rails',
    text: (portal) => `# app/controllers/refunds_controller.rb
class RefundsController < ApplicationController
  def show
    answer = Net::HTTP.post(
      URI("${portal}/v1/portal_sessions"),
      { customer: current_user.stripe_customer_id }.to_json,
      "Authorization" => "Bearer #{ENV.fetch("MONEYBACK_API_KEY")}",
      "Content-Type" => "application/json",
      "Idempotency-Key" => SecureRandom.uuid
    )
    @token = JSON.parse(answer.body).fetch("url").split("#t=").last
    response.headers["Cache-Control"] = "no-store"
  end
end

<%# app/views/refunds/show.html.erb %>
<%= javascript_include_tag "${portal}/portal/embed.js", async: true %>
<%= content_tag "moneyback-refunds", "", token: @token %>`,
  },
  laravel: {
    word: 'Laravel',
    text: (portal) => `// routes/web.php
Route::get('/refunds', function (Request $request) {
    $answer = Http::withToken(config('services.moneyback.key'))
        ->withHeaders(['Idempotency-Key' => (string) Str::uuid()])
        ->post('${portal}/v1/portal_sessions', ['customer' => $request->user()->stripe_id])
        ->throw();
    return response()
        ->view('refunds', ['token' => Str::after($answer['url'], '#t=')])
        ->header('Cache-Control', 'no-store');
})->middleware('auth');

{{-- resources/views/refunds.blade.php --}}
<script async src="${portal}/portal/embed.js"></script>
<moneyback-refunds token="{{ $token }}"></moneyback-refunds>`,
  },
} as const satisfies Record<string, Snippet>
