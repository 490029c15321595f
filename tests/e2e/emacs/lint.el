;; emacs -Q --batch -l lint.el FILE...: byte-compiles and checks the documentation; a warning is an
;; error.  -*- lexical-binding: t -*-
(require 'bytecomp)
(require 'checkdoc)
(setq byte-compile-error-on-warn t)

(let ((failed nil)
      (byte-compile-dest-file-function (lambda (_file) (make-temp-file "fimd" nil ".elc"))))
  (dolist (file command-line-args-left)
    (add-to-list 'load-path (file-name-directory (expand-file-name file)))
    (unless (byte-compile-file file)
      (setq failed t))
    (delete-file (byte-compile-dest-file file))
    (let ((checkdoc-create-error-function
           (lambda (text start _end &optional _unfixable)
             (setq failed t)
             (message "%s:%s: %s" file (and start (line-number-at-pos start)) text)
             nil)))
      (with-current-buffer (find-file-noselect file)
        (checkdoc-current-buffer t))))
  (setq command-line-args-left nil)
  (kill-emacs (if failed 1 0)))
