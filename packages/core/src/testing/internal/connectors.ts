/** Connectors: kept, but never called. */
import * as Either from "effect/Either"
import type { Connector, CreateConnectorRequest, UpdateConnectorRequest } from "../../Connectors.ts"
import type { Clock } from "./clock.ts"
import type { HandlersOf, IdsOf } from "./handler.ts"
import { suffix } from "./hash.ts"
import * as Organization from "./organization.ts"
import * as Pages from "./pages.ts"
import { invalid, notFound, type Rejection, unless } from "./rejection.ts"
import { words } from "./words.ts"

/** The connectors of an emulator. */
export interface Connectors {
  readonly handlers: HandlersOf<IdsOf<"connectors">>
  /** The connector of this id. */
  readonly find: (id: string) => Either.Either<Connector, Rejection>
}

type Settings = Omit<UpdateConnectorRequest, "id">

function* problems(settings: Settings): Iterable<Rejection> {
  if (settings.name?.trim() === "") yield invalid("the name of the connector must not be empty")
  if (settings.url !== undefined && !URL.canParse(settings.url)) yield invalid(`url is not valid: '${settings.url}'`)
  if (settings.oauth !== undefined && settings.service_auth !== undefined) {
    yield invalid("only one of oauth and service_auth can be specified")
  }
}

/** What of the settings is shown: no secrets. */
const visible = (settings: Settings): Partial<Connector> => {
  const { oauth, service_auth, ...rest } = settings
  if (oauth !== undefined) {
    const { client_secret: _, ...shown } = oauth
    return { ...rest, auth_type: "oauth", oauth: shown }
  }
  return service_auth === undefined ? rest : { ...rest, auth_type: "service_auth", oauth: null }
}

const authorizeUrl = (connector: Connector, comeBack: string | undefined): string | undefined => {
  const { authorize_url, client_id, scope } = connector.oauth ?? {}
  if (authorize_url == null || !URL.canParse(authorize_url)) return undefined
  const url = new URL(authorize_url)
  url.searchParams.set("response_type", "code")
  if (client_id != null) url.searchParams.set("client_id", client_id)
  if (scope != null) url.searchParams.set("scope", scope)
  url.searchParams.set("state", suffix(connector.id))
  if (comeBack !== undefined) url.searchParams.set("after_token_redirect", comeBack)
  return url.href
}

/** The connectors of an emulator: none at first. */
export const make = (clock: Clock): Connectors => {
  const all = new Map<string, Connector>()

  const find = (id: string): Either.Either<Connector, Rejection> =>
    Either.fromNullable(all.get(id), () => notFound(`connector '${id}' not found.`))

  const store = (connector: Connector) => {
    all.set(connector.id, connector)
    return { connector }
  }

  const create = (request: CreateConnectorRequest) =>
    unless(problems(request), () => {
      const { at, id } = clock()
      return store({
        id: [...words(request.name), suffix(id).slice(0, 6)].join("-"),
        organization_id: Organization.id,
        name: request.name,
        created_at: at,
        updated_at: at,
        active: true,
        continue_on_failure: false,
        ...(request.description === undefined ? {} : { description: request.description }),
        ...visible(request)
      })
    })

  return {
    find,
    handlers: {
      "connectors.list": (request) =>
        Either.map(
          Pages.byOffset([...all.values()], request, { usual: 30, maxLimit: 100 }),
          (connectors) => ({ connectors, total_count: all.size })
        ),
      "connectors.create": create,
      "connectors.get": ({ id }) => Either.map(find(id), (connector) => ({ connector })),
      "connectors.delete": ({ id }) =>
        Either.map(find(id), () => {
          all.delete(id)
          return {}
        }),
      "connectors.update": ({ id, ...changes }) =>
        Either.flatMap(find(id), (connector) =>
          unless(
            problems(changes),
            () => store({ ...connector, ...visible(changes), id, updated_at: clock().at })
          )),
      "connectors.oAuthAuthorize": ({ after_token_redirect, id }) =>
        Either.flatMap(find(id), (connector) =>
          Either.fromNullable(
            authorizeUrl(connector, after_token_redirect),
            () => invalid(`connector '${id}' does not use oauth`)
          )).pipe(Either.map((redirect_url) => ({ redirect_url })))
    }
  }
}
