;; What all clients share: a quiet Emacs with our package.  -*- lexical-binding: t -*-
(setq inhibit-startup-screen t
      make-backup-files nil
      auto-save-default nil
      create-lockfiles nil
      vc-handled-backends nil
      warning-minimum-level :emergency
      confirm-kill-processes nil)
(menu-bar-mode -1)
(add-to-list 'load-path (getenv "FIMD_EMACS"))
(require 'fimd)
(setq fimd-command (split-string (getenv "FIMD_COMMAND") "\n"))
(unless (string-empty-p (getenv "FIMD_SETTINGS"))
  (setq fimd-settings (read (getenv "FIMD_SETTINGS"))))
