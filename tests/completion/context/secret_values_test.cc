#include "completion/context/secret_values.h"

#include <gtest/gtest.h>
#include <string>

namespace fimd {
namespace {

TEST(SecretValues, LookRandom) {
  for (const char* value : {"9f86d081884c7d65",
                            "wJalrXUtnFEMI/K7MDENG/bPxRfiCY",
                            "4eC39HqLyjWDarjtT1zdp7dc",
                            "d41d8cd98f00b204e9800998ecf8427e",
                            "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5"}) {
    EXPECT_TRUE(looks_random(value)) << value;
  }
}

TEST(SecretValues, AreNotWhatPeopleWrite) {
  for (const char* value : {"",
                            "password",
                            "oauth2_token",
                            "X-Api-Token",
                            "someVeryLongIdentifierInCamelCase",
                            "/usr/share/secrets/database-2/primary",
                            "https://example.com/oauth2/token",
                            "123e4567-e89b-12d3-a456-426614174000",
                            "2024-01-02T03:04:05",
                            "12345678901234567890",
                            "aGVsbG8=",
                            "com.example.security.TokenProvider2",
                            "deepseek-coder-v2-lite-instruct"}) {
    EXPECT_FALSE(looks_random(value)) << value;
    EXPECT_FALSE(looks_like_password(value)) << value;
  }
}

TEST(SecretValues, LookLikePasswords) {
  EXPECT_TRUE(looks_like_password("Tr0ub4dor&3"));
  EXPECT_TRUE(looks_like_password("p@ssw0rd!"));
  EXPECT_FALSE(looks_like_password("hunter2"));
  EXPECT_FALSE(looks_like_password("f(x1)+g(x2)"));
  EXPECT_FALSE(looks_like_password("${SECRET_1!}"));
}

TEST(SecretValues, KnowPlaceholders) {
  for (const char* value : {"",
                            "xxxxxxxx",
                            "********",
                            "$DB_PASSWORD",
                            "${password}",
                            "<password>",
                            "{password}",
                            "%s"}) {
    EXPECT_TRUE(is_placeholder(value)) << value;
  }
  EXPECT_FALSE(is_placeholder("secret"));
  EXPECT_FALSE(is_placeholder("$ecret1"));
}

TEST(SecretValues, AreBounded) {
  EXPECT_FALSE(looks_random("1a" + std::string(kMaxSecretBytes, 'x')));
}

}  // namespace
}  // namespace fimd
