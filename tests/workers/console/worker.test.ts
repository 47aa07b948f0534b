import t from "tap";
import { boxoffice } from "../../scripts/boxoffice.ts";

t.test(
  "boxoffice run console refuses to start beyond loopback without authentication, with exit code 2",
  async (t) => {
    const { code, stderr } = await boxoffice(["run", "console"], {
      BOXOFFICE_PROFILE: "local",
      CONSOLE_HOST: "0.0.0.0",
      CONSOLE_URL: "http://console.example",
    });
    t.equal(code, 2);
    t.match(stderr, /CONSOLE_HOST[\s\S]*CONSOLE_OIDC_ISSUER, CONSOLE_PROXY_SECRET or CONSOLE_TOKENS/);
  },
);
