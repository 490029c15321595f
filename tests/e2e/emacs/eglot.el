;; fimd-mode in a buffer that eglot manages with a server of its own.  -*- lexical-binding: t -*-
(require 'package)
(package-initialize)
(require 'eglot)
(setq eglot-server-programs `((python-mode . (,(getenv "FIMD_BINARY") "lsp"))))
(add-hook 'python-mode-hook #'eglot-ensure)
(global-fimd-mode)
