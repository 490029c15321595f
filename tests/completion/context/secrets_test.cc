// In the cases "[[" and "]]" stand around what is to be masked. Tokens are put together from
// pieces, so that no scanner of repositories takes them for real ones.
#include "completion/context/secrets.h"

#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <string>

#include "engine/utf8.h"

namespace fimd {
namespace {

void check_masked(const std::string& annotated) {
  std::string text;
  std::string expected;
  bool secret = false;
  for (size_t i = 0; i < annotated.size(); ++i) {
    const std::string pair = annotated.substr(i, 2);
    if (pair == "[[" || pair == "]]") {
      secret = pair == "[[";
      ++i;
      continue;
    }
    text += annotated[i];
    expected += secret && annotated[i] != '\n' && annotated[i] != '\r' ? '*' : annotated[i];
  }
  EXPECT_EQ(mask_secrets(text), expected);
}

const std::string kRandom = "4eC39HqLyjWDarjtT1zdp7dcQ8mN2vB6xZ0k";  // 36

TEST(Secrets, MasksTokensOfKnownShapes) {
  const std::string capitals = "IOSFODNN7EXAMPLE";
  check_masked("id: [[AKIA" + capitals + "]]");
  check_masked("x = '[[ghp_" + kRandom + "]]'");
  check_masked("x = '[[gho_" + kRandom + "]]', 1");
  check_masked("([[github_pat_11ABCDEFG0" + kRandom + "]])");
  check_masked("[[glpat-" + kRandom.substr(0, 20) + "]]\n");
  check_masked("[[xoxb-" + std::string("123456789012-abcdefABCDEF") + "]]");
  check_masked("[[AIza" + kRandom.substr(0, 35) + "]]&x=1");
  check_masked("[[sk-" + kRandom + "]]");
  check_masked("[[sk-ant-api03-" + kRandom + "]]");
  check_masked("[[sk_live_" + kRandom.substr(0, 24) + "]]");
  check_masked("[[npm_" + kRandom + "]]");
  check_masked("[[pypi-AgEIcHlwaS5vcmc" + kRandom + kRandom + "]]");
  check_masked("[[hf_" + kRandom + "]]");
  check_masked("Authorization: Bearer [[" + kRandom + "]]\n");
  check_masked("\\n[[ghp_" + kRandom + "]]");
  const std::string claims = "eyJzdWIiOiIxMjM0NTY3ODkwIn0";
  check_masked("jwt [[eyJhbGciOiJIUzI1NiJ9." + claims + ".dozjgNryP4J3jVmNHl0w5N]] end");
}

TEST(Secrets, LeavesWhatOnlyBeginsLikeThem) {
  for (const std::string text : {"sk-loading-spinner-container-large-2",
                                 "npm_config_registry_of_the_whole_company_x",
                                 "AKIA",
                                 "AKIAlower",
                                 "ghp_short",
                                 "eyJust a word",
                                 "task-1234567890123456789012345",
                                 "Basic authentication_is_described",
                                 "xoxb",
                                 "hf_hub_download(repo_id=\"a/b\")"}) {
    check_masked(text);
  }
}

TEST(Secrets, MasksPasswordsInUrls) {
  check_masked("postgres://admin:[[hunter2]]@db.example.com:5432/app");
  check_masked("\"https://user:[[p@ss]]@example.com\"");
  check_masked("https://[[" + kRandom + "]]@example.com/x.git");
  check_masked("ssh://git@github.com/a/b");
  check_masked("http://localhost:8080/@scope/name");
  check_masked("f\"postgres://{user}:{password}@{host}\"");
  check_masked("https://user:${PASSWORD}@example.com");
  check_masked("see https://example.com: mail me@example.com");
}

TEST(Secrets, MasksRandomValuesOfSecretNames) {
  check_masked("password = \"[[Tr0ub4dor&3]]\"");
  check_masked("\"api_key\": \"[[" + kRandom + "]]\",");
  check_masked("const apiKey: string = '[[" + kRandom + "]]';");
  check_masked("const char* const kSecretToken = \"[[" + kRandom + "]]\";");
  check_masked("os.environ[\"CLIENT_SECRET\"] = \"[[" + kRandom + "]]\"");
  check_masked("DB_PASSWD := `[[9f86d081884c7d659a2f]]`");
  check_masked("'token' => '[[9f86d081884c7d659a2f]]'");
  check_masked("export API_TOKEN=[[9f86d081884c7d659a2f]]\n");
  check_masked("api-key: [[9f86d081884c7d659a2f]]\n");
  check_masked("aws_secret_access_key = [[wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz]]\n");
}

TEST(Secrets, LeavesOrdinaryCode) {
  for (const std::string text :
       {"password = \"password\"",
        "password: str = field(default=\"\")",
        "token = next_token(lexer2)",
        "token = \"oauth2_access_token\"",
        "secret = os.environ[\"SECRET_KEY_1\"]",
        "api_key = \"123e4567-e89b-12d3-a456-426614174000\"",
        "api_key = \"<your-api-key-1234567890>\"",
        "checksum = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
        "\"integrity\": \"sha512-OMwTNoQFnlIcPrQmmqL4dGkqZdGMNB2bqpOVb5cYzbHXZEmWqUkQmQ==\"",
        "\"js-tokens\": \"^4.0.0\"",
        "tokens = [x1, x2, x3]",
        "if token == 'a1':",
        "commit 4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7",
        "data = base64.b64decode(\"aGVsbG8gd29ybGQ=\")",
        "uuid: 123e4567-e89b-12d3-a456-426614174000",
        "secret_name=\"database/primary/password-v2\""}) {
    check_masked(text);
  }
}

const std::string kKeyLine = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

TEST(Secrets, MasksPrivateKeys) {
  const std::string fence = "-----";
  const std::string begin = fence + "BEGIN RSA PRIVATE KEY" + fence;
  const std::string end = fence + "END RSA PRIVATE KEY" + fence;
  const std::string line = "[[" + kKeyLine + "]]\n";
  check_masked("x\n" + begin + "\n" + line + line + "[[abc=]]\n" + end + "\ny\n");
  check_masked(begin + "\r\n[[" + kKeyLine + "]]\r\n" + end);
  check_masked("k = \"" + begin + "[[\\n" + kKeyLine + "\\nAbc=\\n]]" + end + "\"");
  check_masked("  \"" + begin + "\\n\"\n  \"[[" + kKeyLine + "\\n]]\"\n  \"" + end + "\"\n");
  check_masked(begin + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n" + line + end);
  // Cut off at either side.
  check_masked(begin + "\n" + line + line);
  check_masked(line + line + "[[abc=]]\n" + end + "\nrest of the text\n");
}

TEST(Secrets, MasksWhatIsBeingTyped) {
  check_masked("password = \"[[Tr0ub4dor&3x!]]");
  check_masked("password = '[[Tr0ub4dor&3x!]]\nuser = 'me'\n");
  check_masked("api_key = \"[[" + kRandom + "]]\r\nb\r\n");
  check_masked("password = \"not a password, but words\n");
}

TEST(Secrets, LeavesCodeAboutPrivateKeys) {
  const std::string fence = "-----";
  const std::string begin = fence + "BEGIN PRIVATE KEY" + fence;
  const std::string end = fence + "END PRIVATE KEY" + fence;
  check_masked("if line == \"" + begin + "\":\n    return True\nif line == \"" + end + "\":\n");
  check_masked(fence + "BEGIN CERTIFICATE" + fence + "\n" + kKeyLine + "\n" + fence +
               "END CERTIFICATE" + fence);
  check_masked("a row " + fence + fence + fence + " of dashes");
}

// Random text of what the scanner looks at: nothing but the secret bytes may change.
TEST(Secrets, KeepsSizeAndLineEnds) {
  const std::string pieces[] = {"-----BEGIN ", "PRIVATE KEY-----",
                                "-----END ",   "://",
                                "a:b@",        "\n",
                                "password",    "=",
                                "\"",          "ghp_",
                                kRandom,       " ",
                                "\\",          "eyJ",
                                ".",           "\xC3\xA4",
                                "\r\n",        "'",
                                ":",           kKeyLine};
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += pieces[random() % std::size(pieces)];
    const std::string masked = mask_secrets(text);
    ASSERT_EQ(masked.size(), text.size());
    EXPECT_FALSE(find_invalid_utf8(masked)) << text;
    for (size_t i = 0; i < text.size(); ++i) {
      if (masked[i] == text[i]) continue;
      ASSERT_EQ(masked[i], '*');
      ASSERT_TRUE(text[i] != '\n' && text[i] != '\r');
    }
    EXPECT_EQ(mask_secrets(masked).size(), masked.size());
  }
}

TEST(Secrets, TakesLinearTimeOnHostileText) {
  for (const std::string piece : {"sk-",
                                  "eyJ-",
                                  "token=",
                                  "://",
                                  "-----BEGIN PRIVATE KEY-----",
                                  "-----END PRIVATE KEY-----",
                                  "password=\"",
                                  "a-",
                                  "Bearer ",
                                  " "}) {
    std::string text;
    while (text.size() < (size_t{1} << 20)) text += piece;
    EXPECT_EQ(mask_secrets(text).size(), text.size());
  }
}

}  // namespace
}  // namespace fimd
