;;; fimd-server.el --- The one server of this Emacs  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Starts `fimd lsp', starts it again when it ends, at most four times in
;; three minutes, and knows what it said of itself.  A connection of our own,
;; by the library that is under eglot (jsonrpc).

;;; Code:

(require 'fimd-settings)
(require 'jsonrpc)
(require 'seq)
(require 'subr-x)
(require 'url-util)

(defvar fimd--connection nil "The connection to the server, or nil.")
(defvar fimd--ready nil "Whether the server has answered `initialize'.")
(defvar fimd--status nil "What the server said last of itself, a plist.")
(defvar fimd--warned nil "Whether the user knows that there is no program.")
(defvar fimd--ready-hook nil "Run when the server can be given documents.")
(defvar fimd--gone-hook nil "Run when there is no server any more.")

;;;; The log

(defvar fimd--stderr nil "The process that reads what the server writes to stderr.")

(defun fimd--log (format-string &rest arguments)
  "Add a line of FORMAT-STRING and ARGUMENTS to the buffer *fimd log*."
  (with-current-buffer (get-buffer-create "*fimd log*")
    (save-excursion
      (goto-char (point-max))
      (insert (format-time-string "%H:%M:%S ") (apply #'format format-string arguments) "\n")
      (when (> (buffer-size) 200000)
        (delete-region (point-min) (- (point-max) 100000))))))

(defun fimd--log-once (text)
  "Add TEXT to the log, unless it is among the latest there.
What the server tells, it writes to stderr too, and either may come first."
  (unless (with-current-buffer (get-buffer-create "*fimd log*")
            (save-excursion
              (goto-char (point-max))
              (search-backward text (max (point-min) (- (point-max) 2000)) t)))
    (fimd--log "%s" text)))

(defun fimd--log-stderr (process output)
  "Add OUTPUT, the latest of the server's stderr, to the log.
The beginning of a line waits in PROCESS."
  (let ((lines (split-string (concat (process-get process 'fimd-line) output) "\n")))
    (process-put process 'fimd-line (car (last lines)))
    (dolist (line (butlast lines))
      (fimd--log-once (replace-regexp-in-string "\\`fimd: [a-z]+: " "" line)))))

(defun fimd-show-log ()
  "Show what the server wrote to its log, and how it ended."
  (interactive)
  (pop-to-buffer (get-buffer-create "*fimd log*")))

;;;; Its life

(defun fimd--connection-arguments ()
  "What `make-instance' needs for a connection, without its logging."
  (list 'jsonrpc-process-connection
        :name "fimd"
        :notification-dispatcher #'fimd--on-notification
        :request-dispatcher #'fimd--on-request
        :on-shutdown #'fimd--on-shutdown
        :process (lambda ()
                   (setq fimd--stderr
                         ;; No buffer: jsonrpc would kill that, and a server
                         ;; without a reader of its stderr ends by a signal.
                         (make-pipe-process :name "fimd stderr" :noquery t
                                            :coding 'utf-8-unix :buffer nil
                                            :filter #'fimd--log-stderr
                                            :sentinel #'ignore))
                   (make-process :name "fimd" :command fimd-command
                                 :connection-type 'pipe :coding 'utf-8-emacs-unix
                                 :noquery t
                                 :stderr fimd--stderr))))

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

(defun fimd--path-uri (path)
  "The URI of the file PATH."
  (concat "file://" (url-hexify-string (file-truename path) url-path-allowed-chars)))

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
                     (setq fimd--ready t
                           fimd--status nil) ; of the server before
                     (run-hooks 'fimd--ready-hook))
       :error-fn (lambda (error) (fimd--log "initialize: %s" (plist-get error :message)))
       :timeout-fn (lambda () (fimd--log "initialize: no answer"))
       :timeout 60))
    fimd--connection)))

(defconst fimd--most-crashes 4 "How often a server is started again, within `fimd--window'.")

(defconst fimd--window 180 "Seconds.")

(defvar fimd--crashes nil "When servers ended, as `float-time' has it.")

(defun fimd--may-restart-p (now)
  "Note an end at NOW, and return whether to start again."
  (setq fimd--crashes
        (cons now (seq-filter (lambda (crash) (< (- now crash) fimd--window)) fimd--crashes)))
  (<= (length fimd--crashes) fimd--most-crashes))

(defun fimd--on-shutdown (connection)
  "Forget the server of CONNECTION, which has ended, and start another.
One that we stopped ourselves is not `fimd--connection' any more."
  (when (eq connection fimd--connection)
    (let ((process (jsonrpc--process connection)))
      (setq fimd--connection nil
            fimd--ready nil)
      (run-hooks 'fimd--gone-hook)
      ;; Later, since we are in the midst of its end.
      (run-with-timer 0 nil #'fimd--after-end (process-status process)
                      (process-exit-status process)))))

(defun fimd--after-end (how number)
  "Log that the server ended by HOW, exit or signal, with NUMBER, and go on."
  (while (accept-process-output fimd--stderr 0.1)) ; the rest
  (fimd--log "the server ended with %s %d" (if (eq how 'signal) "signal" "status") number)
  (let ((again (fimd--may-restart-p (float-time))))
    (setq fimd--status
          (list :kind "Error"
                :message (if again "the server ended; it starts again"
                           "the server ended five times; see M-x fimd-show-log, M-x fimd-restart")))
    (if again
        (fimd--start)
      (message "fimd: %s" (plist-get fimd--status :message))))
  (force-mode-line-update t))

(defun fimd--on-notification (_connection method params)
  "Handle the server's notification METHOD with PARAMS."
  (pcase method
    ('$/fimd/status (setq fimd--status params)
                    (force-mode-line-update t))
    ('window/logMessage (fimd--log-once (plist-get params :message)))
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

(defun fimd--running-p ()
  "Whether there is a server that can be asked."
  (and fimd--ready fimd--connection (jsonrpc-running-p fimd--connection)))

(defun fimd--send (method params)
  "Send the notification METHOD with PARAMS, if the server is there.
One that ended a moment ago is no error of the user's command."
  (when (fimd--running-p)
    (condition-case problem
        (jsonrpc-notify fimd--connection method params)
      (error (fimd--log "%s was not sent: %s" method (error-message-string problem))))))

(defun fimd--ask (method params then)
  "Send the request METHOD with PARAMS; THEN gets its result, if there is one."
  (when (fimd--running-p)
    (condition-case problem
        (jsonrpc-async-request fimd--connection method params :success-fn then
                               :error-fn #'ignore :timeout-fn #'ignore :timeout 60)
      (error (fimd--log "%s was not sent: %s" method (error-message-string problem))))))

(defun fimd-send-settings ()
  "Send `fimd-settings' to the server again, after a change."
  (interactive)
  (fimd--send :workspace/didChangeConfiguration (list :settings (list :fimd (fimd--settings)))))

(defun fimd-shutdown ()
  "Stop the server."
  (interactive)
  (let ((connection fimd--connection) (ready fimd--ready))
    (setq fimd--connection nil
          fimd--ready nil
          fimd--status nil)
    (run-hooks 'fimd--gone-hook)
    (when (and connection (jsonrpc-running-p connection))
      (ignore-errors
        (when ready
          (jsonrpc-request connection :shutdown nil :timeout 2)
          (jsonrpc-notify connection :exit nil)))
      (ignore-errors (jsonrpc-shutdown connection t)))))

(defun fimd-restart ()
  "Stop the server, and start it with the buffers that have `fimd-mode'."
  (interactive)
  (fimd-shutdown)
  (setq fimd--warned nil
        fimd--crashes nil)
  (fimd--start))

(add-hook 'kill-emacs-hook #'fimd-shutdown)

(provide 'fimd-server)

;;; fimd-server.el ends here
