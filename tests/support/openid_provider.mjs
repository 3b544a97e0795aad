// A provider of sign-ins for tests: people sign in under any name, of which the claims are made.
// The arguments are the port, the address of the client, and the name of the folder with oidc-provider.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [port, client, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

// A name is `role`, `role.department`, or both with `-` and whatever tells two people from each other.
const claimsOf = (id) => {
  const [role, department] = id.split('-')[0].split('.');
  return { sub: id, role, department };
};

const common = {
  redirect_uris: [`${client}/sign-in/callback`],
  post_logout_redirect_uris: [`${client}/sign-in`],
  backchannel_logout_uri: `${client}/sign-in/back-channel-logout`,
  backchannel_logout_session_required: true,
};
const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    { client_id: 'channelgate', client_secret: 'a secret & a half', ...common },
    { client_id: 'open', token_endpoint_auth_method: 'none', ...common },
  ],
  claims: { openid: ['sub'], profile: ['role', 'department'] },
  features: { backchannelLogout: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: async () => claimsOf(id) }),
  // The library's own way to a client refuses addresses of this machine, which is all there is here.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
});
provider.listen(Number(port), 'localhost', () => console.log('listening'));
