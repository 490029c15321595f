;;; fimd.el --- Code completion by a model on your own machine  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: convenience, languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Shows, as ghost text at point, what a DeepSeek-family model on your own
;; machine thinks comes next.  The language server `fimd lsp' does the work;
;; this file starts it, shows what it suggests, and accepts it.
;;
;;   (require 'fimd)
;;   (global-fimd-mode)
;;
;; Eglot has one server per buffer, and that one should be the language's
;; own.  So fimd-mode has a connection of its own, by the library that is
;; under eglot (jsonrpc), and tells its server itself what changed.  It works
;; in buffers with eglot, whatever their server is, and in buffers without.
;;
;; lsp-mode knows several servers in a buffer and ghost text (from 10 on).
;; There fimd is one more server, and this file only registers it:
;;
;;   (fimd-lsp-mode-setup)
;;
;; Positions are counted in characters (utf-32), which is how Emacs counts.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'seq)
(require 'subr-x)
(require 'url-util)

(defgroup fimd nil
  "Code completion by a model on your own machine."
  :group 'convenience
  :prefix "fimd-")

(defcustom fimd-command '("fimd" "lsp")
  "The server: a program on the variable `exec-path' and its arguments."
  :type '(repeat string))

(defcustom fimd-idle-delay 0.05
  "Seconds without a key before a suggestion is asked for.
The server drops an older request by itself, so this can be small."
  :type 'number)

(defcustom fimd-settings '(:enable (:* t :markdown :json-false :plaintext :json-false))
  "Settings that are sent to the server, by the names that all editors share.
False is :json-false.  `:enable' is by language identifier, `:*' standing for
those that are not named; `:trigger' is \"automatic\" or \"manual\"."
  :type '(plist :key-type symbol :value-type sexp))

(defcustom fimd-language-ids
  '((c++-mode . "cpp") (js-mode . "javascript") (js-jsx-mode . "javascriptreact")
    (js2-mode . "javascript") (sh-mode . "shellscript") (bash-ts-mode . "shellscript")
    (tsx-ts-mode . "typescriptreact") (text-mode . "plaintext") (cperl-mode . "perl")
    (latex-mode . "latex") (LaTeX-mode . "latex") (tuareg-mode . "ocaml"))
  "Language identifiers of the modes whose name without \"-mode\" is another."
  :type '(alist :key-type symbol :value-type string))

(defface fimd-ghost '((t :inherit shadow))
  "Face of ghost text.")

;;;; The server

(defvar fimd--connection nil "The connection to the server, or nil.")
(defvar fimd--ready nil "Whether the server has answered `initialize'.")
(defvar fimd--status nil "What the server said last of itself, a plist.")
(defvar fimd--warned nil "Whether the user knows that there is no program.")

(defvar-local fimd-mode nil) ; defined as a mode below
(defvar-local fimd--uri nil "The URI that the server knows this buffer by, or nil.")
(defvar-local fimd--version 0)
(defvar-local fimd--changes nil
  "Changes that the server does not know, the latest first; or `whole'.")
(defvar-local fimd--old-range nil "What is about to change: (BEG END START-POSITION END-POSITION).")

(defun fimd--connection-arguments ()
  "What `make-instance' needs for a connection, without its logging."
  (list 'jsonrpc-process-connection
        :name "fimd"
        :notification-dispatcher #'fimd--on-notification
        :request-dispatcher #'fimd--on-request
        :on-shutdown #'fimd--on-shutdown
        :process (lambda ()
                   (make-process :name "fimd" :command fimd-command
                                 :connection-type 'pipe :coding 'utf-8-emacs-unix
                                 :noquery t
                                 :stderr (get-buffer-create " *fimd stderr*")))))

(defun fimd--connect ()
  "Make a connection without a record of its messages, the user's text."
  (let ((arguments (fimd--connection-arguments)))
    (condition-case nil
        (apply #'make-instance (append arguments '(:events-buffer-config (:size 0))))
      (invalid-slot-name ; jsonrpc before 1.0.24
       (apply #'make-instance (append arguments '(:events-buffer-scrollback-size 0)))))))

(defun fimd--capabilities ()
  "What we tell the server that we can."
  '(:general (:positionEncodings ["utf-32"])
    :workspace (:configuration t :didChangeConfiguration (:dynamicRegistration :json-false))
    :textDocument (:inlineCompletion (:dynamicRegistration :json-false)
                   :synchronization (:didSave t))))

(defun fimd--project-root ()
  "The folder of the project of the current buffer."
  (expand-file-name (or (locate-dominating-file default-directory ".git") default-directory)))

(defun fimd--start ()
  "Start the server if there is none.  Return the connection, or nil."
  (cond
   ((and fimd--connection (jsonrpc-running-p fimd--connection)) fimd--connection)
   ((not (executable-find (car fimd-command)))
    (unless fimd--warned
      (setq fimd--warned t)
      (display-warning
       'fimd (format "There is no program \"%s\".  Put fimd on your PATH, or customize %s."
                     (car fimd-command) "`fimd-command'")))
    nil)
   (t
    (setq fimd--ready nil
          fimd--connection (fimd--connect))
    (let ((root (fimd--project-root)) (connection fimd--connection))
      (jsonrpc-async-request
       connection :initialize
       (list :processId (emacs-pid)
             :clientInfo (list :name "Emacs" :version emacs-version)
             :rootUri (fimd--path-uri root)
             :workspaceFolders (vector (list :uri (fimd--path-uri root)
                                             :name (file-name-nondirectory
                                                    (directory-file-name root))))
             :capabilities (fimd--capabilities))
       :success-fn (lambda (_result)
                     (jsonrpc-notify connection :initialized (make-hash-table))
                     (setq fimd--ready t)
                     (fimd--open-buffers))
       :error-fn (lambda (error) (fimd--log "initialize: %s" (plist-get error :message)))
       :timeout-fn (lambda () (fimd--log "initialize: no answer"))
       :timeout 60))
    fimd--connection)))

(defun fimd--open-buffers ()
  "Give the server every buffer in which `fimd-mode' is on."
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when fimd-mode (fimd--open)))))

(defun fimd--on-shutdown (_connection)
  "Forget the server, which has ended."
  (setq fimd--connection nil
        fimd--ready nil
        fimd--status '(:kind "Error" :message "the server ended; M-x fimd-restart"))
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when fimd-mode
        (setq fimd--uri nil)
        (fimd--clear))))
  (force-mode-line-update t))

(defun fimd--log (format-string &rest arguments)
  "Add a line of FORMAT-STRING and ARGUMENTS to the buffer *fimd log*."
  (with-current-buffer (get-buffer-create "*fimd log*")
    (save-excursion
      (goto-char (point-max))
      (insert (format-time-string "%H:%M:%S ") (apply #'format format-string arguments) "\n")
      (when (> (buffer-size) 200000)
        (delete-region (point-min) (- (point-max) 100000))))))

(defun fimd--on-notification (_connection method params)
  "Handle the server's notification METHOD with PARAMS."
  (pcase method
    ('$/fimd/status (setq fimd--status params)
                    (force-mode-line-update t))
    ('window/logMessage (fimd--log "%s" (plist-get params :message)))
    ('window/showMessage (message "fimd: %s" (plist-get params :message)))))

(defun fimd--on-request (_connection method params)
  "Answer the server's request METHOD with PARAMS."
  (pcase method
    ('workspace/configuration
     (vconcat (mapcar (lambda (item)
                        (and (equal (plist-get item :section) "fimd") (fimd--settings)))
                      (plist-get params :items))))
    ('client/registerCapability nil)
    (_ (jsonrpc-error :code -32601 :message (format "no %s" method)))))

(defun fimd--settings ()
  "`fimd-settings' as JSON has it: an empty list is an object."
  (or fimd-settings (make-hash-table)))

(defun fimd--send (method params)
  "Send the notification METHOD with PARAMS, if the server is there."
  (when (and fimd--ready fimd--connection (jsonrpc-running-p fimd--connection))
    (jsonrpc-notify fimd--connection method params)))

(defun fimd-send-settings ()
  "Send `fimd-settings' to the server again, after a change."
  (interactive)
  (fimd--send :workspace/didChangeConfiguration (list :settings (list :fimd (fimd--settings)))))

(defun fimd-shutdown ()
  "Stop the server."
  (interactive)
  (let ((connection fimd--connection))
    (when (and connection (jsonrpc-running-p connection))
      (ignore-errors
        (when fimd--ready
          (jsonrpc-request connection :shutdown nil :timeout 2)
          (jsonrpc-notify connection :exit nil)))
      (ignore-errors (jsonrpc-shutdown connection t)))
    (setq fimd--connection nil
          fimd--ready nil
          fimd--status nil)))

(defun fimd-restart ()
  "Stop the server, and start it with the buffers that have `fimd-mode'."
  (interactive)
  (fimd-shutdown)
  (setq fimd--warned nil)
  (fimd--start))

(add-hook 'kill-emacs-hook #'fimd-shutdown)

;;;; Documents

(defun fimd--path-uri (path)
  "The URI of the file PATH."
  (concat "file://" (url-hexify-string (file-truename path) url-path-allowed-chars)))

(defun fimd--language-id ()
  "The language identifier of the current buffer's mode."
  (or (alist-get major-mode fimd-language-ids)
      (string-remove-suffix "-ts" (string-remove-suffix "-mode" (symbol-name major-mode)))))

(defun fimd--language-enabled-p ()
  "Whether `fimd-settings' enable the current buffer's language."
  (let* ((enable (plist-get fimd-settings :enable))
         (name (intern (concat ":" (fimd--language-id)))))
    (not (eq (plist-get enable (if (plist-member enable name) name :*)) :json-false))))

(defun fimd--text (beg end)
  "The text from BEG to END, with ? for bytes that are no characters."
  (replace-regexp-in-string "[\x3fff80-\x3fffff]" "?" (buffer-substring-no-properties beg end)))

(defun fimd--position (place)
  "The position of PLACE in the protocol."
  (save-restriction
    (widen)
    (save-excursion
      (goto-char place)
      (let ((inhibit-field-text-motion t))
        (list :line (1- (line-number-at-pos place t))
              :character (- place (line-beginning-position)))))))

(defun fimd--open ()
  "Give the current buffer to the server, if it is ready."
  (when (and fimd--ready (not fimd--uri))
    (setq fimd--uri (fimd--path-uri buffer-file-name)
          fimd--version 0
          fimd--changes nil)
    (save-restriction
      (widen)
      (fimd--send :textDocument/didOpen
                  (list :textDocument
                        (list :uri fimd--uri :languageId (fimd--language-id) :version 0
                              :text (fimd--text (point-min) (point-max))))))))

(defun fimd--close ()
  "Take the current buffer from the server."
  (when fimd--uri
    (fimd--send :textDocument/didClose (list :textDocument (list :uri fimd--uri)))
    (setq fimd--uri nil)))

(defun fimd--before-change (beg end)
  "Remember where BEG and END are in the text that the server will see changed."
  (when fimd--uri
    (setq fimd--old-range (list beg end (fimd--position beg) (fimd--position end)))))

(defun fimd--after-change (beg end length)
  "Note that LENGTH characters became the text from BEG to END."
  (when fimd--uri
    (pcase fimd--old-range
      ((guard (eq fimd--changes 'whole)))
      (`(,(pred (= beg)) ,(pred (= (+ beg length))) ,first ,last)
       (push (list :range (list :start first :end last) :text (save-restriction
                                                                (widen)
                                                                (fimd--text beg end)))
             fimd--changes))
      ;; Some changes are announced for more than they touch.
      (_ (setq fimd--changes 'whole)))
    (setq fimd--old-range nil)))

(defun fimd--flush ()
  "Send what the server does not know of the current buffer."
  (when (and fimd--uri fimd--changes)
    (let ((changes (if (eq fimd--changes 'whole)
                       (save-restriction
                         (widen)
                         (vector (list :text (fimd--text (point-min) (point-max)))))
                     (vconcat (reverse fimd--changes)))))
      (setq fimd--changes nil)
      (cl-incf fimd--version)
      (fimd--send :textDocument/didChange
                  (list :textDocument (list :uri fimd--uri :version fimd--version)
                        :contentChanges changes)))))

(defun fimd--after-save ()
  "Tell the server that the buffer was saved."
  (when fimd--uri
    (fimd--flush)
    (fimd--send :textDocument/didSave (list :textDocument (list :uri fimd--uri)))))

;;;; Ghost text

;; A suggestion replaces, on the line that begins at `bol', what stands
;; between `before' and `after' by `text'.  Of `text', what stands before
;; point is typed; `replaced' is what its range has behind point.
(cl-defstruct fimd--suggestion
  bol before text replaced after
  skipped  ; characters of the item's text on lines above, after a part was accepted
  item)

(defvar-local fimd--suggestions nil "What can be shown, the first of which is.")
(defvar-local fimd--overlay nil)
(defvar-local fimd--visible nil "Whether ghost text is on the screen.")
(defvar-local fimd--asked nil "Identifies the request on its way.")
(defvar-local fimd--tick nil "`buffer-chars-modified-tick' after the last command.")
(defvar fimd--timer nil)

(defun fimd--line ()
  "The line of point as (BEGINNING BEFORE-POINT AFTER-POINT)."
  (save-restriction
    (widen)
    (let ((inhibit-field-text-motion t))
      (list (line-beginning-position)
            (buffer-substring-no-properties (line-beginning-position) (point))
            (buffer-substring-no-properties (point) (line-end-position))))))

(defun fimd--make-suggestion (item line character)
  "ITEM of the server, asked for at CHARACTER of LINE, or nil if it does not fit.
LINE is (BOL LEFT RIGHT), as the function `fimd--line' returns it."
  (pcase-let* ((`(,bol ,left ,right) line)
               (range (plist-get item :range))
               (first (or (plist-get (plist-get range :start) :character) character))
               (last (or (plist-get (plist-get range :end) :character) character))
               (text (plist-get item :insertText))
               (reach (min (max 0 (- last character)) (length right))))
    (when (and (stringp text) (<= first character))
      (make-fimd--suggestion
       :bol bol :before (substring left 0 first) :text text :skipped 0 :item item
       :replaced (substring right 0 reach) :after (substring right reach)))))

(defun fimd--typed (suggestion)
  "How many characters of SUGGESTION stand before point; nil if it does not fit."
  (pcase-let* ((`(,bol ,left ,right) (fimd--line))
               (before (fimd--suggestion-before suggestion)))
    (when (and (= bol (fimd--suggestion-bol suggestion))
               (string-prefix-p before left)
               (string-prefix-p (substring left (length before)) (fimd--suggestion-text suggestion))
               (equal right (concat (fimd--suggestion-replaced suggestion)
                                    (fimd--suggestion-after suggestion))))
      (- (length left) (length before)))))

(defun fimd--rest ()
  "What is left of the first suggestion at point; nil if there is none."
  (when-let* ((suggestion (car fimd--suggestions))
              (typed (fimd--typed suggestion))
              (rest (substring (fimd--suggestion-text suggestion) typed)))
    (and (not (string-empty-p rest)) rest)))

(defun fimd--popup-p ()
  "Whether a popup of completions is open, whose turn it is."
  (or completion-in-region-mode
      (bound-and-true-p company-candidates)
      (let ((frame (bound-and-true-p corfu--frame)))
        (and (frame-live-p frame) (frame-visible-p frame)))))

(defun fimd--erase ()
  "Take the ghost text off the screen."
  (setq fimd--visible nil)
  (when fimd--overlay
    (delete-overlay fimd--overlay)))

(defun fimd--clear ()
  "Take the ghost text away and forget what was asked."
  (fimd--erase)
  (setq fimd--suggestions nil
        fimd--asked nil))

(defun fimd--draw (rest)
  "Show REST of the first suggestion at point.
What stands to its right and is not simply pushed aside is covered, with what
will remain of it."
  (let* ((suggestion (car fimd--suggestions))
         (covers (or (string-search "\n" rest)
                     (not (string-empty-p (fimd--suggestion-replaced suggestion)))))
         (end (if covers (line-end-position) (point)))
         (kept (if covers
                   (buffer-substring (+ (point) (length (fimd--suggestion-replaced suggestion)))
                                     (line-end-position))
                 ""))
         (ghost (concat (propertize rest 'face 'fimd-ghost) kept)))
    (put-text-property 0 1 'cursor t ghost)
    (unless fimd--overlay
      (setq fimd--overlay (make-overlay (point) (point)))
      (overlay-put fimd--overlay 'priority 1000))
    (move-overlay fimd--overlay (point) end (current-buffer))
    (let ((empty (= end (point))))
      (overlay-put fimd--overlay 'after-string (and empty ghost))
      (overlay-put fimd--overlay 'display (and (not empty) ghost)))
    (setq fimd--visible t)))

(defun fimd--show ()
  "Show what fits at point.  Return nil if nothing does."
  (when-let ((rest (fimd--rest)))
    (if (fimd--popup-p)
        (fimd--erase)
      (fimd--draw rest))
    t))

(defun fimd--params (kind)
  "Parameters of a request at point, KIND being 1 for the user's and 2 for ours."
  (list :textDocument (list :uri fimd--uri)
        :position (fimd--position (point))
        :context (list :triggerKind kind)
        :formattingOptions (list :tabSize tab-width
                                 :insertSpaces (if indent-tabs-mode :json-false t))))

(defun fimd--request (kind)
  "Ask for suggestions at point; for KIND see `fimd--params'."
  (when (and fimd--uri fimd--connection (jsonrpc-running-p fimd--connection))
    (fimd--flush)
    (let* ((buffer (current-buffer)) (line (fimd--line)) (params (fimd--params kind))
           (character (plist-get (plist-get params :position) :character))
           (asked (list kind)))
      (setq fimd--asked asked)
      (jsonrpc-async-request
       fimd--connection :textDocument/inlineCompletion params
       :success-fn (lambda (result)
                     (when (buffer-live-p buffer)
                       (with-current-buffer buffer
                         (when (eq asked fimd--asked)
                           (fimd--on-answer (plist-get result :items) line character)))))
       :error-fn #'ignore :timeout-fn #'ignore :timeout 60))))

(defun fimd--on-answer (items line character)
  "Show ITEMS, which were asked for at CHARACTER of LINE."
  (fimd--clear)
  (setq fimd--suggestions
        (delq nil (mapcar (lambda (item) (fimd--make-suggestion item line character)) items)))
  (when (and (eq (current-buffer) (window-buffer)) (not (minibufferp)) (fimd--show))
    (fimd--send :textDocument/didShowCompletion
                (list :item (fimd--suggestion-item (car fimd--suggestions))))))

(defun fimd--ask-later ()
  "Ask for suggestions when no key comes for a while."
  (when (timerp fimd--timer)
    (cancel-timer fimd--timer))
  (unless (equal (plist-get fimd-settings :trigger) "manual")
    (setq fimd--timer
          (run-with-timer fimd-idle-delay nil
                          (lambda (buffer tick)
                            (when (and (eq buffer (current-buffer))
                                       (= tick (buffer-chars-modified-tick)))
                              (fimd--request 2)))
                          (current-buffer) (buffer-chars-modified-tick)))))

(defun fimd--post-command ()
  "Follow what the command did to the ghost text."
  (let ((changed (not (eql fimd--tick (buffer-chars-modified-tick)))))
    (setq fimd--tick (buffer-chars-modified-tick))
    (unless (fimd--show) ; an answer on its way may fit yet
      (fimd--erase)
      (setq fimd--suggestions nil)
      (when (and changed (not buffer-read-only) (not (fimd--popup-p)))
        (fimd--ask-later)))))

;;;; Commands

(defun fimd--insert (rest count)
  "Insert the first COUNT characters of REST, which is what is left at point."
  (let* ((suggestion (car fimd--suggestions))
         (text (fimd--suggestion-text suggestion))
         (item (fimd--suggestion-item suggestion))
         (all (= count (length rest)))
         (piece (substring rest 0 count))
         (done (+ (- (length text) (length rest)) count)))
    (fimd--erase)
    (when all
      (setq fimd--suggestions nil)
      (delete-char (length (fimd--suggestion-replaced suggestion))))
    (insert piece)
    (fimd--flush)
    (if all
        (when-let ((command (plist-get item :command)))
          (jsonrpc-async-request fimd--connection :workspace/executeCommand
                                 (list :command (plist-get command :command)
                                       :arguments (plist-get command :arguments))
                                 :success-fn #'ignore :error-fn #'ignore :timeout-fn #'ignore))
      (when-let ((above (string-search "\n" (reverse (substring text 0 done)))))
        (let ((above (- done above)))
          (setf (fimd--suggestion-bol suggestion) (car (fimd--line))
                (fimd--suggestion-before suggestion) ""
                (fimd--suggestion-text suggestion) (substring text above))
          (cl-incf (fimd--suggestion-skipped suggestion) above)
          (cl-decf done above)))
      (setq fimd--suggestions (list suggestion))
      (let ((accepted (substring (plist-get item :insertText) 0
                                 (+ (fimd--suggestion-skipped suggestion) done))))
        (fimd--send :textDocument/didPartiallyAcceptCompletion
                    (list :item item
                          :acceptedLength (/ (string-bytes (encode-coding-string accepted
                                                                                 'utf-16le))
                                             2)))))))

(defun fimd--accept (pattern)
  "Accept of the ghost text what PATTERN matches at its beginning."
  (when-let ((rest (fimd--rest)))
    (fimd--insert rest (if (string-match (concat "\\`\\(?:" pattern "\\)") rest)
                           (match-end 0)
                         (length rest)))))

(defun fimd-accept ()
  "Insert the ghost text."
  (interactive "*")
  (fimd--accept "\\(?:.\\|\n\\)*"))

(defun fimd-accept-word ()
  "Insert the next word of the ghost text."
  (interactive "*")
  (fimd--accept "[ \t\n]*\\(?:[[:alnum:]_]+\\|[^[:alnum:]_ \t\n]+\\)"))

(defun fimd-accept-line ()
  "Insert the ghost text up to the end of its line."
  (interactive "*")
  (fimd--accept "\n?[^\n]*"))

(defun fimd-dismiss ()
  "Take the ghost text away until something is typed."
  (interactive)
  (fimd--clear))

(defun fimd-next ()
  "Show the next suggestion, where there are several."
  (interactive)
  (setq fimd--suggestions (append (cdr fimd--suggestions)
                                  (and fimd--suggestions (list (car fimd--suggestions))))))

(defun fimd-suggest ()
  "Ask for a suggestion now."
  (interactive)
  (unless fimd--uri
    (user-error (if fimd-mode "The server does not run; see *fimd log*" "Turn on fimd-mode first")))
  (fimd--request 1))

(defun fimd-show-log ()
  "Show what the server wrote to its log."
  (interactive)
  (pop-to-buffer (get-buffer-create "*fimd log*")))

;;;; The mode

(defvar fimd-ghost-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "TAB") #'fimd-accept)
    (define-key map (kbd "<tab>") #'fimd-accept)
    (define-key map (kbd "M-<right>") #'fimd-accept-word)
    (define-key map (kbd "M-<end>") #'fimd-accept-line)
    (define-key map (kbd "C-g") #'fimd-dismiss)
    (define-key map (kbd "M-n") #'fimd-next)
    map)
  "Keys that are ours while ghost text is visible, and only then.")

(defvar fimd-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c \\") #'fimd-suggest)
    map)
  "Keys of `fimd-mode'.")

(defvar fimd--emulation-alist `((fimd--visible . ,fimd-ghost-map)))
(add-to-list 'emulation-mode-map-alists 'fimd--emulation-alist)

(defun fimd--lighter ()
  "The mode line's word: a mark while the server is busy or has a problem."
  (pcase (plist-get fimd--status :kind)
    ((or "Error" "Warning") " fimd!")
    (_ (cond ((not fimd--uri) " fimd?")
             ((eq (plist-get fimd--status :busy) t) " fimd..")
             (t " fimd")))))

(defconst fimd--hooks
  '((before-change-functions . fimd--before-change)
    (after-change-functions . fimd--after-change)
    (after-save-hook . fimd--after-save)
    (kill-buffer-hook . fimd--close)
    (post-command-hook . fimd--post-command))
  "What `fimd-mode' adds to the hooks of its buffer.")

;;;###autoload
(define-minor-mode fimd-mode
  "Show suggestions of the server `fimd lsp' as ghost text."
  :lighter (:eval (fimd--lighter))
  :keymap fimd-mode-map
  (if (and fimd-mode (not buffer-file-name))
      (progn
        (setq fimd-mode nil)
        (message "fimd-mode is for buffers of files"))
    (pcase-dolist (`(,hook . ,function) fimd--hooks)
      (if fimd-mode
          (add-hook hook function nil t)
        (remove-hook hook function t)))
    (cond (fimd-mode
           (setq fimd--tick (buffer-chars-modified-tick))
           (when (fimd--start) (fimd--open)))
          (t
           (fimd--clear)
           (fimd--close)))))

(defun fimd--turn-on ()
  "Turn on `fimd-mode' where it belongs: in files of enabled languages.
Where lsp-mode is on, fimd is one of its servers."
  (when (and buffer-file-name (derived-mode-p 'prog-mode 'text-mode 'conf-mode)
             (not (bound-and-true-p lsp-mode)) (fimd--language-enabled-p))
    (fimd-mode)))

;;;###autoload
(define-globalized-minor-mode global-fimd-mode fimd-mode fimd--turn-on)

;;;; lsp-mode

(declare-function lsp-register-client "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function lsp-register-custom-settings "ext:lsp-mode")
(defvar lsp-language-id-configuration)

(defun fimd--flatten (settings prefix)
  "SETTINGS, a plist, as (PATH VALUE BOOLEAN?)..., under the path PREFIX."
  (cl-loop for (key value) on settings by #'cddr
           for path = (concat prefix "." (substring (symbol-name key) 1))
           if (and (consp value) (keywordp (car value)))
           append (fimd--flatten value path)
           else collect (list path (if (eq value :json-false) nil value)
                              (and (memq value '(t :json-false)) t))))

;;;###autoload
(defun fimd-lsp-mode-setup ()
  "Make fimd a server of lsp-mode, beside the language's own.
lsp-mode 10 and later show its suggestions by `lsp-inline-completion-mode'."
  (with-eval-after-load 'lsp-mode
    (lsp-register-custom-settings (fimd--flatten fimd-settings "fimd"))
    (lsp-register-client
     (make-lsp-client :new-connection (lsp-stdio-connection (lambda () fimd-command))
                      :activation-fn (lambda (&rest _) (fimd--language-enabled-p))
                      :server-id 'fimd
                      :add-on? t
                      :priority -1
                      :multi-root t
                      :synchronize-sections '("fimd")))))

(provide 'fimd)
;;; fimd.el ends here
