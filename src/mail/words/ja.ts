import type { MailWords } from './words.ts'

export const ja: MailWords = {
  letters: {
    received: {
      subject: '返金のご依頼を受け付けました',
      body: '{payment}についてのご依頼を受け付けました。決まり次第お知らせします。',
    },
    in_review: {
      subject: '担当者がご依頼を確認します',
      body: '{payment}についてのご依頼を担当者が確認し、{due}までにお答えします。',
    },
    question: {
      subject: '返金のご依頼についての質問',
      body: '{payment}についてのご依頼を判断するため、お伺いしたいことがあります。',
    },
    approved: {
      subject: '{amount}の返金が承認されました',
      body: '{amount}を{method}へお返しします。',
    },
    denied: { subject: '返金のご依頼について', body: '{payment}は返金いたしかねます。' },
    handled: {
      subject: 'ご返金のご依頼は解決しました',
      body: '{payment}についてのご依頼は解決しました。',
    },
    refunded: {
      subject: '{amount}の返金を送りました',
      body: '{amount}を{method}へ送りました。届くまでの日数は銀行によります。',
    },
    needs_bank_details: {
      subject: '返金のために口座情報が必要です',
      body: '{amount}をお送りする先を教えてください。Stripeから口座情報をお尋ねするメールが届いています。',
    },
    failed: {
      subject: '{amount}の返金ができませんでした',
      body: '{amount}を{method}へ送ろうとしましたが、できませんでした。担当者が対応しています。お客様の手続きは必要ありません。',
    },
    bounced: {
      subject: '{amount}の返金が銀行から戻されました',
      body: '銀行が{amount}を当方へ戻したため、返金は届いていません。ご利用は以前のままです。担当者がほかの方法を探しています。',
    },
    withdrawn: {
      subject: 'ご依頼は取り下げられました',
      body: '{payment}についてのご依頼を取り下げました。返金はなく、何も変わりません。',
    },
    access_ended: {
      subject: 'ご利用が終了しました',
      body: '返金に伴い、{payment}のご利用とサブスクリプションが終了しました。今後の請求はありません。',
    },
    access_ends: {
      subject: 'ご利用は{until}に終了します',
      body: '返金に伴い、{payment}のサブスクリプションは更新されません。{until}までご利用いただけます。',
    },
    withdrawal_received: {
      subject: '契約撤回の通知を受け付けました',
      body: 'お客様の通知は{received_at}に届きました。通知の全文を含むこのメールを保管してください。',
    },
    sign_in: {
      subject: '{shop}へのリンク',
      body: 'このリンクから、お支払いの確認と返金の依頼ができます。10分以内に一度だけ使えます。お心当たりがない場合は、何もする必要はありません。',
    },
  },
  labels: {
    payment: 'お支払い',
    amount: '金額',
    method: '返金先',
    expected: '到着予定',
    reference: '銀行の照会番号',
    answer_by: '回答期限',
    access_until: '利用期限',
    received_at: '受付日時',
    name: 'お名前',
    contract: '契約',
    email: 'メール',
  },
  see: 'ご依頼を見る',
  answer: '回答する',
  open: 'お支払いを見る',
  or_copy: 'または、このアドレスをブラウザに貼り付けてください:',
  why_you: 'このメールは、{shop}へのお支払いについての返金依頼に関してお送りしています。',
  keep_link: 'このリンクを持つ人は誰でもご依頼を見られます。ほかの人に渡さないでください。',
  original_method: '元のお支払い方法',
  card: 'カード',
}
