;; fimd-mode alone.  -*- lexical-binding: t -*-
(global-fimd-mode)
