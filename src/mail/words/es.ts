import type { MailWords } from './words.ts'

export const es: MailWords = {
  letters: {
    received: {
      subject: 'Tenemos tu solicitud de reembolso',
      body: 'Tenemos tu solicitud sobre {payment}. Te avisaremos en cuanto esté decidida.',
    },
    in_review: {
      subject: 'Una persona va a revisar tu solicitud',
      body: 'Una persona de nuestro equipo revisará tu solicitud sobre {payment} y te responderá antes del {due}.',
    },
    question: {
      subject: 'Una pregunta sobre tu solicitud de reembolso',
      body: 'Para decidir tu solicitud sobre {payment} necesitamos que nos aclares algo.',
    },
    approved: {
      subject: 'Tu reembolso de {amount} está aprobado',
      body: 'Enviamos {amount} de vuelta a {method}.',
    },
    denied: { subject: 'Sobre tu solicitud de reembolso', body: 'No podemos reembolsar {payment}.' },
    handled: {
      subject: 'Su solicitud de reembolso está resuelta',
      body: 'Su solicitud sobre {payment} está resuelta.',
    },
    refunded: {
      subject: 'Tu reembolso de {amount} está enviado',
      body: 'Hemos enviado {amount} a {method}. Lo que tarde en llegar depende del banco.',
    },
    needs_bank_details: {
      subject: 'Necesitamos tus datos bancarios para el reembolso',
      body: 'Para enviarte {amount} necesitamos saber adónde. Stripe te ha enviado un correo que pide tus datos bancarios.',
    },
    failed: {
      subject: 'Tu reembolso de {amount} no se pudo completar',
      body: 'Intentamos enviar {amount} a {method} y no fue posible. Alguien de nuestro equipo se está ocupando; no tienes que hacer nada.',
    },
    bounced: {
      subject: 'Tu banco devolvió el reembolso de {amount}',
      body: 'Tu banco nos devolvió {amount}, así que el reembolso no te ha llegado. Tu acceso sigue como antes. Alguien de nuestro equipo está buscando otra manera.',
    },
    withdrawn: {
      subject: 'Tu solicitud está retirada',
      body: 'Has retirado tu solicitud sobre {payment}. No se ha reembolsado nada y nada cambia.',
    },
    access_ended: {
      subject: 'Tu acceso ha terminado',
      body: 'Con el reembolso ha terminado tu acceso a {payment}, y con él tu suscripción. No se cobrará nada más.',
    },
    access_ends: {
      subject: 'Tu acceso termina el {until}',
      body: 'Con el reembolso tu suscripción de {payment} no se renovará. Puedes usarla hasta el {until}.',
    },
    withdrawal_received: {
      subject: 'Hemos recibido tu desistimiento',
      body: 'Confirmamos que tu declaración nos llegó el {received_at}. Guarda este correo: contiene el texto completo de tu declaración.',
    },
    sign_in: {
      subject: 'Tu enlace a {shop}',
      body: 'Con este enlace ves tus pagos y puedes pedir un reembolso. Sirve una vez, durante 10 minutos. Si no lo has pedido, no tienes que hacer nada.',
    },
  },
  labels: {
    payment: 'Pago',
    amount: 'Importe',
    method: 'Va a',
    expected: 'Previsto',
    reference: 'Referencia bancaria',
    answer_by: 'Respuesta antes del',
    access_until: 'Acceso hasta',
    received_at: 'Recibido',
    name: 'Nombre',
    contract: 'Contrato',
    email: 'Correo',
  },
  see: 'Ver mi solicitud',
  answer: 'Responder',
  open: 'Ver mis pagos',
  or_copy: 'O copia esta dirección en tu navegador:',
  why_you: 'Recibes este correo por una solicitud de reembolso de un pago a {shop}.',
  keep_link: 'El enlace muestra tu solicitud a quien lo tenga: no lo compartas.',
  original_method: 'el medio de pago original',
  card: 'tarjeta',
}
