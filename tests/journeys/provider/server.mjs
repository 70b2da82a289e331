// A certified OpenID Connect provider (npm oidc-provider), for one journey: its own sign-in and consent pages, one
// client, whoever signs in is who he says. Started by test_provider.py with ISSUER, CLIENT, SECRET and BACK.
import { Provider } from "oidc-provider";

const { ISSUER, CLIENT, SECRET, BACK } = process.env;

const provider = new Provider(ISSUER, {
  clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [BACK] }],
  claims: { openid: ["sub"], profile: ["name", "birthdate"] },
  cookies: { keys: ["only for journeys"] },
  pkce: { required: () => true },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: "Anna Kalniņa", birthdate: "1980-01-01" }),
  }),
});

provider.listen(Number(new URL(ISSUER).port), "127.0.0.1", () => console.log("ready"));
