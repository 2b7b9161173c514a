"""`luoshi witness`: keep another body's log to its word, on a machine of one's own.

Needs no database and no settings: a folder with a key and the last checkpoint of each log.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from luoshi.lib import witness as witnesses

SAID = {
    400: "不是签认请求 / this is no request",
    403: "检查点没有所认密钥的签名 / not signed with a key that this witness accepts",
    404: "不认识这份存证，请先 trust 其公钥 / an unknown log: trust its key first",
    409: "本机已签到后面括号里的条数，请向对方索取从这一条起的请求"
    " / does not start from what was signed last",
    422: "不成立：不是上次签认内容的延续 / does not continue what was signed last",
}


TRUST = (
    "这不是存证公钥：它在“存证 › 外部留存 › 签名密钥”一栏，请整行复制"
    " / no public key of a log: copy the whole line"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, and one verb."""
    parser.add_argument("--folder", type=Path, default=Path("luoshi-witness"), metavar="FOLDER")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    init = verbs.add_parser("init", help="make the key of this witness and print its public half")
    init.add_argument("name", help="such as audit.example.org/witness; no spaces")
    trust = verbs.add_parser("trust", help="accept the public key of a log")
    trust.add_argument("key", metavar="VKEY")
    sign = verbs.add_parser("sign", help="check a request and sign it, without a network")
    sign.add_argument("request", type=Path, metavar="FILE")
    sign.add_argument("--out", type=Path, metavar="FILE", help="default: print it")
    serve = verbs.add_parser("serve", help="answer requests of servers (C2SP tlog-witness)")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8400)
    verbs.add_parser("show", help="the public key, and what was signed last for each log")


def run(args: argparse.Namespace) -> int:
    """0 done or signed, 1 not signed, 2 the folder or a file cannot be used."""
    try:
        if args.verb == "init":
            print(witnesses.Witness.make(args.folder, args.name).signer.vkey)
            return 0
        return _work(args, witnesses.Witness.load(args.folder))
    except witnesses.NotSigned as error:
        known = "" if error.known is None else f"（{error.known}）"
        print(
            f"未签认 / not signed: {SAID.get(error.status, error.status)}{known}", file=sys.stderr
        )
        return 1
    except FileExistsError:
        print(f"{args.folder} 里已有见证密钥 / this folder has a witness", file=sys.stderr)
    except FileNotFoundError as error:
        print(f"没有 {error.filename}；见证密钥用 luoshi witness init 名称 生成 / not found; "
              "init makes a witness", file=sys.stderr)  # fmt: skip
    except (OSError, ValueError) as error:
        print(f"无法使用 / cannot be used: {error}", file=sys.stderr)
    return 2


def _work(args: argparse.Namespace, witness: witnesses.Witness) -> int:
    if args.verb == "trust":
        try:
            log = witness.trust(args.key.strip())
        except ValueError:
            print(TRUST, file=sys.stderr)
            return 2
        print(f"已登记，{log.origin}共认{len(log.keys)}把公钥 / known: {len(log.keys)} keys")
    elif args.verb == "sign":
        line = witness.sign(args.request.read_text("utf-8"), datetime.now(UTC), again=True)
        if args.out:
            args.out.write_text(f"{line}\n", "utf-8")
            print(f"已签认 / signed: {args.out}")
        else:
            print(line)
    elif args.verb == "serve":
        server = witnesses.server(witness, (args.host, args.port), lambda: datetime.now(UTC))
        print(f"http://{args.host}:{server.server_port}/", file=sys.stderr, flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()
    else:
        print(witness.signer.vkey)
        for log in witness.logs():
            print(f"{log.origin} {log.size} {log.root or '–'} {log.signed_at[:19] or '–'}")
    return 0
