import type { MailWords } from './words.ts'

export const pt: MailWords = {
  letters: {
    received: {
      subject: 'Recebemos o seu pedido de reembolso',
      body: 'Recebemos o seu pedido sobre {payment}. Damos notícias assim que estiver decidido.',
    },
    in_review: {
      subject: 'Uma pessoa vai analisar o seu pedido',
      body: 'Uma pessoa da nossa equipa vai analisar o seu pedido sobre {payment} e responde até {due}.',
    },
    question: {
      subject: 'Uma pergunta sobre o seu pedido de reembolso',
      body: 'Para decidir o seu pedido sobre {payment} precisamos de um esclarecimento seu.',
    },
    approved: {
      subject: 'O seu reembolso de {amount} está aprovado',
      body: 'Vamos devolver {amount} para {method}.',
    },
    denied: { subject: 'Sobre o seu pedido de reembolso', body: 'Não podemos reembolsar {payment}.' },
    handled: {
      subject: 'O seu pedido de reembolso está resolvido',
      body: 'O seu pedido sobre {payment} está resolvido.',
    },
    refunded: {
      subject: 'O seu reembolso de {amount} foi enviado',
      body: 'Enviámos {amount} para {method}. O tempo até chegar depende do banco.',
    },
    needs_bank_details: {
      subject: 'Precisamos dos seus dados bancários para o reembolso',
      body: 'Para lhe enviar {amount} precisamos de saber para onde. A Stripe enviou-lhe um e-mail que pede os seus dados bancários.',
    },
    failed: {
      subject: 'O seu reembolso de {amount} não foi concluído',
      body: 'Tentámos enviar {amount} para {method} e não foi possível. Alguém da nossa equipa está a tratar do assunto; não precisa de fazer nada.',
    },
    bounced: {
      subject: 'O seu banco devolveu o reembolso de {amount}',
      body: 'O seu banco devolveu-nos {amount}, por isso o reembolso não chegou até si. O seu acesso continua como antes. Alguém da nossa equipa está à procura de outra forma.',
    },
    withdrawn: {
      subject: 'O seu pedido foi retirado',
      body: 'Retirou o seu pedido sobre {payment}. Nada foi reembolsado e nada muda.',
    },
    access_ended: {
      subject: 'O seu acesso terminou',
      body: 'Com o reembolso terminou o seu acesso a {payment}, e com ele a sua assinatura. Nada mais será cobrado.',
    },
    access_ends: {
      subject: 'O seu acesso termina a {until}',
      body: 'Com o reembolso a sua assinatura de {payment} não será renovada. Pode usá-la até {until}.',
    },
    withdrawal_received: {
      subject: 'Recebemos a sua livre resolução',
      body: 'Confirmamos que a sua declaração nos chegou a {received_at}. Guarde este e-mail: contém o texto completo da sua declaração.',
    },
    sign_in: {
      subject: 'A sua ligação para {shop}',
      body: 'Com esta ligação vê os seus pagamentos e pode pedir um reembolso. Funciona uma vez, durante 10 minutos. Se não a pediu, não precisa de fazer nada.',
    },
  },
  labels: {
    payment: 'Pagamento',
    amount: 'Valor',
    method: 'Para',
    expected: 'Previsto',
    reference: 'Referência bancária',
    answer_by: 'Resposta até',
    access_until: 'Acesso até',
    received_at: 'Recebido',
    name: 'Nome',
    contract: 'Contrato',
    email: 'E-mail',
  },
  see: 'Ver o meu pedido',
  answer: 'Responder',
  open: 'Ver os meus pagamentos',
  or_copy: 'Ou copie este endereço para o seu navegador:',
  why_you: 'Recebe este e-mail por causa de um pedido de reembolso de um pagamento a {shop}.',
  keep_link: 'A ligação mostra o seu pedido a quem a tiver: não a partilhe.',
  original_method: 'o meio de pagamento original',
  card: 'cartão',
}
