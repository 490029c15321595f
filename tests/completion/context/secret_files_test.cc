#include <gtest/gtest.h>

#include "completion/context/secrets.h"

namespace fimd {
namespace {

TEST(SecretFiles, AreKnownByTheirNames) {
  for (const char* path : {".env",
                           "app/.env",
                           ".env.local",
                           ".ENV.Production",
                           "prod.env",
                           ".env~",
                           ".env.bak",
                           ".envrc",
                           "id_rsa",
                           "keys/id_ed25519",
                           "id_rsa_work",
                           "server.pem",
                           "tls/SERVER.KEY",
                           "a.p12",
                           "a.pfx",
                           "release.keystore",
                           "a.jks",
                           ".netrc",
                           ".npmrc",
                           ".pypirc",
                           ".pgpass",
                           ".git-credentials",
                           ".htpasswd",
                           "credentials",
                           "credentials.json",
                           "config/secrets.yaml",
                           "secrets.yml",
                           "secrets.toml",
                           "kubeconfig",
                           "prod.tfvars",
                           "prod.tfvars.json",
                           "terraform.tfstate",
                           ".ssh/config",
                           "home/.aws/config"}) {
    EXPECT_TRUE(is_secret_file(path)) << path;
  }
}

TEST(SecretFiles, AreNotWhatOnlySoundsLikeThem) {
  for (const char* path : {"",
                           ".env.example",
                           ".env.sample",
                           "example.env",
                           "terraform.tfvars.example",
                           "secrets.example.yaml",
                           "environment.ts",
                           "env.py",
                           "id_rsa.pub",
                           "id_rsa_test.py",
                           "secrets.cc",
                           "credentials_test.go",
                           "keyboard.c",
                           "monkey.js",
                           "tokenizer.json",
                           "kubeconfig_parser.rs",
                           "docs/pem.md",
                           "ssh/client.c"}) {
    EXPECT_FALSE(is_secret_file(path)) << path;
  }
}

}  // namespace
}  // namespace fimd
