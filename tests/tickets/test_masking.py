"""TD17: what looks like a secret is masked; what only looks like one is left alone. The secrets here open nothing."""

import base64
import hashlib
import random
import uuid

import pytest

from tickets.masking import HIDDEN, masked


def made(alphabet, length, seed):
    return "".join(random.Random(f"{alphabet}{length}{seed}").choices(alphabet, k=length))


UPPER, HEX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "0123456789abcdef"
MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (
        b'{"alg":"HS256","typ":"JWT"}',
        b'{"sub":"4711","name":"Alice","iat":1516239022}',
        b"\x8f" * 32,
    )
)
PEM = (
    "-----BEGIN {}PRIVATE KEY-----\n"
    + "\n".join(made(MIXED, 64, n) for n in range(6))
    + "\n-----END {}PRIVATE KEY-----"
)

# (what somebody writes, the secret in it)
SECRETS = [
    # keys of common providers
    *[(text.format(key), key) for text, key in [
        ("Our key is {} and it fails with 401", "AKIA" + made(UPPER, 16, 1)),
        ("aws_access_key_id = {}", "ASIA" + made(UPPER, 16, 2)),
        ("git clone https://{}@github.example/acme/site.git", "ghp_" + made(MIXED, 36, 3)),
        ("Token do GitHub: {}", "github_pat_" + made(MIXED, 60, 4)),
        ("CI uses {}", "glpat-" + made(MIXED, 20, 5)),
        ("The bot token {} stopped working", "xoxb-" + made("0123456789", 12, 6) + "-" + made(MIXED, 24, 6)),
        ("stripe.api_key = '{}'", "sk_live_" + made(MIXED, 24, 7)),
        ("Chave de teste: {}", "sk_test_" + made(MIXED, 24, 8)),
        ("Signing secret {}", "whsec_" + made(MIXED, 32, 9)),
        ("We call the model with {}.", "sk-proj-" + made(MIXED, 48, 10)),
        ("OPENAI={}", "sk-" + made(MIXED, 48, 11)),
        ("maps key={}&libraries=places", "AIza" + made(MIXED, 35, 12)),
        ("oauth {}", "ya29." + made(MIXED, 80, 13)),
        ("SendGrid: {}", "SG." + made(MIXED, 22, 14) + "." + made(MIXED, 43, 15)),
        ("mailgun {}", "key-" + made(HEX, 32, 16)),
        ("brevo {}", "xkeysib-" + made(HEX, 64, 17) + "-" + made(MIXED, 16, 17)),
        ("access token permanente da Meta {}", "EAA" + made(MIXED, 160, 18)),
        ("twilio {}", "SK" + made(HEX, 32, 19)),
        ("//registry/:_authToken={}", "npm_" + made(MIXED, 36, 20)),
        ("shopify {}", "shpat_" + made(HEX, 32, 21)),
        ("Token de produção do Mercado Pago: {}", "APP_USR-" + made("0123456789", 16, 22) + "-112233-" + made(HEX, 32, 22)),
        ("bot do telegram {}", "7123456789:AA" + made(MIXED, 33, 23)),
        ("hf token {}", "hf_" + made(MIXED, 34, 24)),
        ("DO: {}", "dop_v1_" + made(HEX, 64, 25)),
    ]],
    # headers and tokens
    *[(text.format(key), key) for text, key in [
        ("curl -H 'Authorization: Bearer {}' https://api.example", made(MIXED, 40, 30)),
        ("Authorization: Basic {}", base64.b64encode(b"alice:correct-horse-7").decode()),
        ("Bearer {}", JWT),
        ("the JWT is {}", JWT),
        ("D360-API-KEY: {}", made(MIXED, 28, 31)),
        ('{{"x-api-key": "{}"}}', made(HEX, 40, 32)),
        ("Cookie: sessionid={}", made(MIXED, 32, 33)),
        ("api_key={}", made(MIXED, 32, 34)),
        ("apiKey: '{}'", made(MIXED, 24, 35)),
        ("Minha chave de API é {}", made(MIXED, 26, 36)),
        ("client_secret: {}", made(MIXED, 32, 37)),
        ("The access token is {}", made(MIXED, 64, 38)),
        ("clave de API: {}", made(MIXED, 30, 39)),
        ("ACME_API_TOKEN={}", made(HEX, 40, 40)),
        ("AccountKey={};EndpointSuffix=core", base64.b64encode(hashlib.sha512(b"41").digest()).decode()),
    ]],
    # private keys
    (PEM.format("RSA ", "RSA "), made(MIXED, 64, 3)),
    (PEM.format("", ""), made(MIXED, 64, 0)),
    (f"id_ed25519:\n{PEM.format('OPENSSH ', 'OPENSSH ')}\nthanks", made(MIXED, 64, 5)),
    # passwords, in the words of people
    ("Minha senha é Leilao@2026", "Leilao@2026"),
    ("senha: abacaxi", "abacaxi"),
    ("Usuário: joao / senha: J0ao!234", "J0ao!234"),
    ("a senha do admin é Xk9#mmQ2", "Xk9#mmQ2"),
    ("login maria@loja.example senha=Mar1a2020", "Mar1a2020"),
    ("a senha do banco era pg_9kLm3", "pg_9kLm3"),
    ("my password is hunter22", "hunter22"),
    ("Password: Tr0ub4dor&3", "Tr0ub4dor&3"),
    ("pwd=S3cret!!", "S3cret!!"),
    ("the password for the VPS is 8fK-33-zzQ", "8fK-33-zzQ"),
    ("postgres://app:n0tSoSecret@db.example:5432/app", "n0tSoSecret"),
    ("la contraseña es Perro#77", "Perro#77"),
    ("contraseña: gatoNegro1", "gatoNegro1"),
    ("DB_PASSWORD='q1w2e3r4t5'", "q1w2e3r4t5"),
    # cards: numbers that schemes publish for tests
    ("cartão 4111 1111 1111 1111 val 12/28", "4111 1111 1111 1111"),
    ("paguei com 5555555555554444", "5555555555554444"),
    ("Amex 3782 822463 10005 was declined", "3782 822463 10005"),
    ("card 4012-8888-8888-1881", "4012-8888-8888-1881"),
]  # fmt: skip


def lookalikes():
    said = [
        "A senha está incorreta", "senha incorreta", "Esqueci a senha, como redefinir?", "A senha é obrigatória.",
        "Senha: obrigatória", "Erro: senha inválida", "O campo senha não aceita acentos", "password required",
        "Password: required", "The password is wrong", "password reset link expired", "Your password was changed",
        "The password is too short", "a password is needed to log in", "pwd: command not found",
        "token expired", "The token is invalid", "token: null", "token=undefined", "access_token missing",
        "api key not found", "Invalid API key", "Where do I find my API key?", "The API key is in the panel",
        "A chave de API não autentica", "chave de acesso da nota fiscal", "client_secret is empty",
        "Authorization: Bearer <token>", "Authorization: Bearer {token}", "Bearer token missing",
        "Authorization header not sent", "senha: <sua senha>", "password=****", "password: ${DB_PASSWORD}",
        "la contraseña es incorrecta", "contraseña: olvidada", "das Passwort ist falsch", "пароль неверный",
        "D360-API-KEY: not set", "x-api-key: missing", "secret santa is on Friday", "a secretária ligou",
        "The secret is to restart it", "keyboard not working", "passar para o suporte", "pass: 3 of 5 tests",
        "Basic plan since 2024", "Bot not answering", "Token bucket algorithm", "two-factor token by SMS",
    ]  # fmt: skip
    for n in range(20):
        text = str(n).encode()
        said += [
            f"commit {hashlib.sha1(text).hexdigest()} broke it",
            f"md5 {hashlib.md5(text).hexdigest()}  backup.zip",
            f"sha256:{hashlib.sha256(text).hexdigest()}",
            f"Request id {uuid.UUID(bytes=hashlib.md5(text).digest())}",
            f"Pedido 2026{made('0123456789', 12, n)} não chegou",
            f"2026-11-{n + 1:02d}T10:{n:02d}:33.123456Z INFO worker[{4000 + n}]: job {made(HEX, 12, n)} done in 0.{n}31s",
            f"https://shop.example/p/{made(HEX, 24, n)}?ref={made(MIXED, 10, n)}",
        ]
    said += [f"Protocolo {made('0123456789', 15, n)}, telefone (11) 9{n}123-4567" for n in range(10)]
    return said


def test_td17_realistic_secrets_are_masked():
    assert len(SECRETS) >= 60
    left = [text for text, secret in SECRETS if secret in masked(text).text or not masked(text).kinds]
    assert len(left) <= len(SECRETS) * 2 // 100, left


def test_td17_lookalikes_are_left_alone():
    texts = lookalikes()
    assert len(set(texts)) >= 200
    touched = [(text, masked(text).text) for text in texts if masked(text).text != text]
    assert len(touched) <= len(texts) // 100, touched


def test_td17_first_and_last_characters_stay():
    assert masked("Minha senha é Leilao@2026").text == f"Minha senha é Le{HIDDEN}26"
    assert masked("senha: abcde").text == f"senha: a{HIDDEN}e"
    key = "AKIA" + made(UPPER, 16, 1)
    assert masked(f"key {key}.").text == f"key AKIA{HIDDEN}{key[-4:]}."


def test_what_is_masked_stays_as_it_is():
    once = masked(f"senha: J0ao!234, chave {JWT}").text
    assert masked(once) == (masked(once)) and masked(once).text == once and masked(once).kinds == ()


@pytest.mark.parametrize(
    "text", ["password: " * 20_000, "a" * 200_000, "-----BEGIN PRIVATE KEY-----" * 2_000, "1234 " * 40_000]
)
def test_hostile_texts_end(text):
    masked(text)


def test_both_of_two_secrets_go():
    found = masked("senha: J0ao!234\ncartão 4111 1111 1111 1111")
    assert found.kinds == ("password", "card") and "234" not in found.text and "1111 1111" not in found.text
