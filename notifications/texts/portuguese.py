"""Português do Brasil."""

TEXTS = {
    "ticket_opened": (
        "Recebemos seu chamado nº {number}: {summary}",
        """
{greeting}

Registramos seu chamado **{summary}**. O número dele é **{number}** e serve como protocolo.

{promise}

{scope}

Agora estamos fechados; abrimos em **{opens_at}**. Sua solicitação espera até lá, sem que você precise fazer nada.

Não pode esperar? O trabalho agora é cobrado por hora, a {rate}: primeiro orçamos, e só começamos depois do seu aceite.

[Pedir trabalho agora]({night_url})

[Acompanhar o chamado]({ticket_url})

{sharing}
""",
    ),
    "contact_declined": (
        "Sua mensagem para {desk} não abriu um chamado",
        """
{greeting}

Obrigado por escrever. Sua mensagem “{summary}” **não** foi registrada como chamado.

{reason}

[Abrir um chamado no portal]({portal_url})
""",
    ),
    "chat_transcript": (
        "Seu chat nº {number}: {summary}",
        """
{greeting}

Isto foi o que se disse no seu chat com {desk}:

> {transcript}

[Abrir no portal]({ticket_url})
""",
    ),
    "ticket_merged": (
        "Seu chamado #{number} continua no #{other_number}",
        """
{greeting}

Unimos seu chamado **#{number}: {summary}** ao **#{other_number}: {other_summary}** e continuamos no #{other_number}, com tudo o que você escreveu.

[Abrir o chamado]({ticket_url})

Você não precisa fazer nada: a resposta a qualquer um dos nossos e-mails chega lá.
""",
    ),
    "ticket_unmerged": (
        "Seu chamado #{number} voltou a ser um chamado próprio",
        """
{greeting}

Tínhamos unido seu chamado **#{number}: {summary}** ao #{other_number}. Foi um engano: ele voltou a ser um chamado próprio, com o prazo dele.

[Abrir o chamado]({ticket_url})
""",
    ),
    "handed_over": (
        "Repassado à sua equipe: #{number} {summary}",
        """
{greeting}

{author} repassou **#{number}: {summary}** à sua equipe, {team}.

> {message}

O prazo é {due_at}.

[Abrir o chamado]({ticket_url})
""",
    ),
    "ticket_replied": (
        "Resposta ao seu chamado nº {number}: {summary}",
        """
{greeting}

{author} respondeu ao seu chamado **nº {number}**:

> {message}

[Ler e responder]({ticket_url})
""",
    ),
    "request_incomplete": (
        "Falta uma informação no chamado nº {number}: {summary}",
        """
{greeting}

Para atender o seu chamado **nº {number}** ainda precisamos de:

> {missing}

Nosso prazo de resposta começa a contar quando recebermos a informação.

[Completar o chamado]({ticket_url})
""",
    ),
    "secret_masked": (
        "Ocultamos um dado secreto no chamado nº {number}: {summary}",
        """
{greeting}

Sua mensagem no chamado **nº {number}** trazia o que parece ser uma senha, uma chave ou um número de cartão.
Ocultamos esse dado antes de guardar a mensagem.

Nunca envie dados secretos ao suporte, e troque o que foi enviado.

[Ver o chamado]({ticket_url})
""",
    ),
    "files_refused": (
        "Alguns arquivos não foram guardados: nº {number}: {summary}",
        """
{greeting}

Sua mensagem chegou ao chamado **nº {number}**, mas nem todos os arquivos puderam ser guardados:

> {refused}

[Anexar de outra forma]({ticket_url})
""",
    ),
    "silence_reminder": (
        "Ainda precisa de ajuda com o chamado nº {number}: {summary}?",
        """
{greeting}

Estamos aguardando sua resposta no chamado **nº {number}**, {summary}.

Sem retorno, ele será encerrado automaticamente em **{closes_at}**.

[Ainda preciso de ajuda]({still_url})

[Está resolvido, podem encerrar]({solved_url})

[Ler e responder]({ticket_url})
""",
    ),
    "silence_closed": (
        "O chamado nº {number} foi encerrado: {summary}",
        """
{greeting}

Não recebemos sua resposta, por isso o chamado **nº {number}**, {summary}, foi encerrado.

Ainda precisa de ajuda? Escreva no chamado e continuamos de onde paramos.

[Abrir o chamado]({ticket_url})
""",
    ),
    "silence_closed_staff": (
        "O chamado nº {number} foi encerrado sozinho: {summary}",
        """
O chamado **nº {number}**, {summary}, de {requester}, foi encerrado automaticamente.

Empresa: {company}

{reason}

[Abrir o chamado]({ticket_url})
""",
    ),
    "ticket_closed_staff": (
        "O chamado nº {number} foi encerrado: {summary}",
        """
{author} encerrou o chamado **nº {number}**, {summary}.

Empresa: {company}

[Abrir o chamado]({ticket_url})
""",
    ),
    "ticket_resolved": (
        "O chamado nº {number} foi resolvido: {summary}",
        """
{greeting}

Resolvemos o seu chamado **nº {number}**. Esta é a solução:

> {solution}

[Como foi a nossa ajuda?]({rate_url})

Algo ainda não está certo? Responda no chamado e continuamos a partir dali.

Se você não escrever mais nada, ele é encerrado sozinho em **{closes_at}**.

[Ler o chamado]({ticket_url})
""",
    ),
    "ticket_reopened": (
        "O chamado nº {number} foi reaberto: {summary}",
        """
{greeting}

O chamado **nº {number}**, {summary}, foi reaberto.

Reaberto por {author}.

> {because}

[Abrir o chamado]({ticket_url})
""",
    ),
    "ticket_closed": (
        "O chamado nº {number} foi encerrado: {summary}",
        """
{greeting}

Seu chamado **nº {number}**, {summary}, foi encerrado. Você pode consultá-lo quando quiser.

> {solution}

[Ler o chamado]({ticket_url})
""",
    ),
    "deadline_moved": (
        "Novo prazo para o chamado nº {number}: {summary}",
        """
{greeting}

O prazo prometido para o seu chamado **nº {number}** mudou: {metric} até **{due_at}**.

Antes era {was_due_at}.

{because}

[Ver o chamado]({ticket_url})
""",
    ),
    "expected_by": (
        "Quando esperamos resolver o chamado nº {number}: {summary}",
        """
{greeting}

Esperamos resolver o seu chamado **nº {number}** até **{expected_at}**.

Antes esperávamos {was_expected_at}.

> {because}

[Ver o chamado]({ticket_url})
""",
    ),
    "rated": (
        "{score} de 5 ({rating}) para o chamado nº {number}: {summary}",
        """
{requester} avaliou a nossa ajuda no chamado **nº {number}**, {summary}: **{score} de 5**, {rating}.

Empresa: {company}

> {comment}

[Abrir o chamado]({ticket_url})
""",
    ),
    "customer_replied": (
        "{author} respondeu no chamado nº {number}: {summary}",
        """
{author} escreveu no chamado **nº {number}**, {summary}:

Empresa: {company}

> {message}

[Abrir o chamado]({ticket_url})
""",
    ),
    "assigned": (
        "Agora é seu: nº {number} {summary}",
        """
{greeting}

O chamado **nº {number}**, {summary}, foi atribuído a você.

Atribuído por {author}.

Empresa: {company}

Próximo prazo: **{due_at}**

[Abrir o chamado]({ticket_url})
""",
    ),
    "deadline_warning": (
        "Prazo próximo no chamado nº {number} ({metric}): {summary}",
        """
O prazo de {metric} do chamado **nº {number}**, {summary}, termina em **{due_at}**.

Empresa: {company}

Responsável: {owner}

[Abrir o chamado]({ticket_url})
""",
    ),
    "deadline_breached": (
        "Prazo estourado no chamado nº {number} ({metric}): {summary}",
        """
O prazo de {metric} do chamado **nº {number}**, {summary}, terminou em **{due_at}**.

Empresa: {company}

Responsável: {owner}

[Abrir o chamado]({ticket_url})
""",
    ),
    "escalated": (
        "Escalado: chamado nº {number} {summary}",
        """
O chamado **nº {number}**, {summary}, foi escalado.

{because}

{change}

Empresa: {company}

Responsável: {owner}

[Abrir o chamado]({ticket_url})
""",
    ),
    "emergency_alert": (
        "EMERGÊNCIA #{number}: {summary}",
        """
{company}: uma emergência que ninguém atende ainda. **#{number}**, {summary}, de {requester}.

O que foi marcado: {conditions}

Telefone: {phone}

Este é o alerta de número {round}: ninguém assumiu até agora, e os supervisores também foram avisados.

[Eu assumo]({claim_url})

O botão está na página deste link. Quem apertar primeiro fica com a emergência. O link é só seu: não o repasse.
""",
    ),
    "emergency_alerted": (
        "Emergência #{number}: todo o plantão foi alertado",
        """
{greeting}

O seu chamado **#{number}**, {summary}, é uma emergência. Todo o plantão foi alertado, e o primeiro que puder assume. Avisaremos quem atende você.

{free}

[Acompanhar o chamado]({ticket_url})
""",
    ),
    "emergency_taken": (
        "{author} atende a sua emergência #{number}",
        """
{greeting}

**{author}** assumiu a sua emergência **#{number}**, {summary}, e já está cuidando dela.

{free}

[Acompanhar o chamado]({ticket_url})
""",
    ),
    "emergency_taken_staff": (
        "{author} assumiu a emergência #{number}",
        """
**{author}** assumiu a emergência **#{number}**, {summary}. Você não precisa fazer mais nada.

Empresa: {company}

[Abrir o chamado]({ticket_url})
""",
    ),
    "feed_failed": (
        "Não conseguimos ler o calendário “{feed}” de {company}",
        """
{greeting}

O calendário **{feed}** de {company} não pôde ser lido várias vezes seguidas:

> {reason}

Os leilões que ele já trouxe ficam como estão. Ele continua a ser tentado sozinho, com menos frequência.

[Ver o calendário]({feed_url})
""",
    ),
    "webhook_switched_off": (
        "O webhook “{webhook}” foi desligado",
        """
{greeting}

O webhook **{webhook}** foi desligado. Ele avisa {address} do que acontece aqui, e não conseguiu mais:

> {reason}

O que ainda não chegou fica guardado e pode ser enviado de novo;
o que acontecer daqui em diante não é avisado até que ele seja ligado.

[Ver o webhook]({webhook_url})
""",
    ),
    "reply_bounced": (
        "Uma resposta no nº {number} voltou: {summary}",
        """
Uma resposta no chamado **nº {number}**, {summary}, não chegou a {recipient}.

> {reason}

[Abrir o chamado]({ticket_url})
""",
    ),
    "invitation": (
        "Convite para {desk}",
        """
{greeting}

Há uma conta para você em **{desk}**. Escolha uma senha e já pode entrar.

Convite de {inviter}.

[Escolher uma senha]({activate_url})

O link vale até {expires_at} e só pode ser usado uma vez.
""",
    ),
    "registration": (
        "Sua conta em {desk}",
        """
{greeting}

Alguém, esperamos que você, pediu uma conta em **{desk}** com este endereço, que é o da sua compra.

[Ativar a conta]({activate_url})

O link vale até {expires_at} e só pode ser usado uma vez. Se não foi você, não faça nada: nenhuma conta é aberta.
""",
    ),
    "account_known": (
        "Você já tem uma conta em {desk}",
        """
{greeting}

Alguém, esperamos que você, pediu uma conta em **{desk}** com este endereço. Você já tem uma: entre com ela.

Se não sabe mais a senha, escolha uma nova.

[Escolher uma nova senha]({reset_url})

O link vale até {expires_at} e só pode ser usado uma vez. Se não foi você, não faça nada.
""",
    ),
    "address_changed": (
        "Outro endereço para a sua conta em {desk}",
        """
{greeting}

Nossa equipe alterou o endereço que identifica você em **{desk}**.

Antes: {old}

A partir de agora: {new}

Motivo: {because}

Entre com o novo endereço; a senha continua a mesma. Se você não pediu isso, responda o quanto antes.
""",
    ),
    "password_reset": (
        "Nova senha para {desk}",
        """
{greeting}

Alguém, esperamos que você, pediu uma nova senha em **{desk}**.

[Escolher uma nova senha]({reset_url})

O link vale até {expires_at} e só pode ser usado uma vez. Se não foi você, não faça nada: sua senha continua a mesma.
""",
    ),
    "quote_wanted": (
        "Orçamento pedido para #{number}: {work}",
        """
{author} pede um orçamento: **{work}**, para o chamado **#{number}**, {summary}.

Empresa: {company}

> {message}

[Escrever o orçamento]({quote_url})
""",
    ),
    "quote_sent": (
        "Um orçamento para sua solicitação #{number}: {amount}",
        """
{greeting}

{author} envia um orçamento de **{work}** para a solicitação **#{number}**, {summary}:

> {message}

{hours}, {rate} por hora: **{amount}**. Vale até **{valid_until}**.

Só começamos depois do aceite. Sem ele, nada é cobrado.

[Ler e decidir]({quote_url})
""",
    ),
    "quote_accepted": (
        "Aceito: o orçamento da solicitação #{number}, {amount}",
        """
{greeting}

{author} aceitou o orçamento de **{work}** da solicitação **#{number}**, {summary}, em **{answered_at}**:

> {message}

{hours}, {rate} por hora: **{amount}**.

[Ler o orçamento]({quote_url})
""",
    ),
    "quote_accepted_staff": (
        "#{number}: orçamento aceito, {work}, {amount}",
        """
{author} aceitou o orçamento de **{work}** em **#{number}**, {summary}: {hours}, **{amount}**. Pode começar.

Empresa: {company}

> {message}

[Abrir o orçamento]({quote_url})
""",
    ),
    "quote_declined": (
        "Recusado: o orçamento da solicitação #{number}",
        """
{greeting}

{author} recusou o orçamento de **{work}** da solicitação **#{number}**, {summary}, em **{answered_at}**. Nada é cobrado.

> {because}

[Ler o orçamento]({quote_url})
""",
    ),
    "quote_declined_staff": (
        "#{number}: orçamento recusado, {work}",
        """
{author} recusou o orçamento de **{work}** em **#{number}**, {summary}: {amount}.

Empresa: {company}

> {because}

[Abrir o orçamento]({quote_url})
""",
    ),
    "quote_ended": (
        "O orçamento da solicitação #{number} terminou",
        """
{greeting}

O orçamento de **{work}** da solicitação **#{number}**, {summary}, não vale mais: {amount}. Nada é cobrado.

Se ainda precisar, peça um novo na solicitação.

[Ler a solicitação]({ticket_url})
""",
    ),
    "quote_ended_staff": (
        "#{number}: o orçamento venceu, {work}",
        """
O orçamento de **{work}** em **#{number}**, {summary}, venceu sem resposta: {amount}, válido até {valid_until}.

Empresa: {company}

[Abrir o orçamento]({quote_url})
""",
    ),
    "meeting_asked": (
        "Para decidir: {work} para #{number}, {summary}",
        """
{author} pede: **{work}**, desejada para **{wished_at}**, {hours}.

Empresa: {company}

> {message}

[Decidir]({meeting_url})
""",
    ),
    "meeting_refused": (
        "Não podemos realizá-la dentro do seu plano: {work}, solicitação #{number}",
        """
{greeting}

Lemos a pauta da solicitação **#{number}**, {summary}, e não a aprovamos: **{work}**.

> {because}

É necessária mesmo assim? Então peça um orçamento de horas de consultoria; ela é agendada depois do seu aceite.

[Ver, ou insistir]({meeting_url})
""",
    ),
    "meeting_scheduled": (
        "{work}: {starts_at} (#{number})",
        """
{greeting}

**{work}** de **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Onde: {place}

> {message}

[Ver]({meeting_url})
""",
    ),
    "meeting_scheduled_staff": (
        "{work}: {starts_at} (#{number})",
        """
**{work}** de **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Empresa: {company}

Onde: {place}

> {message}

[Ver]({meeting_url})
""",
    ),
    "meeting_cancelled": (
        "Cancelada: {work}, {starts_at} (#{number})",
        """
{greeting}

**{work}** de **#{number}**, {summary}, em **{starts_at}** não acontece.

> {because}

[Ver]({meeting_url})
""",
    ),
    "meeting_cancelled_staff": (
        "Cancelada: {work}, {starts_at} (#{number})",
        """
**{work}** de **#{number}**, {summary}, em **{starts_at}** não acontece.

> {because}

[Ver]({meeting_url})
""",
    ),
    "developer_asked": (
        "Um desenvolvedor para #{number}? {summary}",
        """
{author} pede que **{developer}** veja **#{number}**, {summary}, para levantar requisitos. Você recebe aviso de cada mensagem dele.

Empresa: {company}

> {because}

[Decidir]({developer_url})
""",
    ),
    "developer_invited": (
        "Requisitos a levantar: #{number}, {summary}",
        """
{greeting}

{author} pede que você levante os requisitos de **#{number}**, {summary}. O link abaixo mostra só esta solicitação e permite perguntar ao cliente. O gerente de contas acompanha.

> {because}

[Abrir a solicitação]({developer_url})
""",
    ),
    "developer_wrote": (
        "{developer} escreveu em #{number}: {summary}",
        """
**{developer}** escreveu ao cliente de **#{number}**, {summary}:

Empresa: {company}

> {message}

[Abrir o chamado]({ticket_url})
""",
    ),
    "company_report": (
        "{company}: relatório de atendimento {month}",
        """
{greeting}

Este é o relatório de **{company}** de {month}: {opened} solicitações abertas, {resolved} resolvidas; {met} prazos cumpridos, {missed} perdidos.

[Ver o relatório, ou salvar em PDF]({report_url})
""",
    ),
}
