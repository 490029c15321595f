;; What needs no screen and no server.  -*- lexical-binding: t -*-
;; emacs -Q --batch -L editors/emacs -l fimd_test.el -f ert-run-tests-batch-and-exit
(require 'ert)
(require 'fimd)

(defvar fimd-test--mirror nil "The server's text of the document, from what was sent.")

(defun fimd-test--offset (position)
  "The offset of POSITION in the mirror."
  (with-temp-buffer
    (insert fimd-test--mirror)
    (goto-char (point-min))
    (forward-line (plist-get position :line))
    (+ (1- (point)) (plist-get position :character))))

(defun fimd-test--receive (method params)
  "Do to the mirror what a server does on METHOD with PARAMS."
  (when (eq method :textDocument/didChange)
    (seq-doseq (change (plist-get params :contentChanges))
      (let* ((range (plist-get change :range))
             (first (if range (fimd-test--offset (plist-get range :start)) 0))
             (last (if range (fimd-test--offset (plist-get range :end))
                     (length fimd-test--mirror))))
        (setq fimd-test--mirror (concat (substring fimd-test--mirror 0 first)
                                        (plist-get change :text)
                                        (substring fimd-test--mirror last)))))))

(defmacro fimd-test--with-document (text &rest body)
  "Run BODY in a buffer of TEXT that a mirror follows."
  (declare (indent 1))
  `(with-temp-buffer
     (insert ,text)
     (buffer-enable-undo)
     (setq fimd--uri "file:///x"
           fimd-test--mirror (buffer-string))
     (add-hook 'before-change-functions #'fimd--before-change nil t)
     (add-hook 'after-change-functions #'fimd--after-change nil t)
     (cl-letf (((symbol-function 'fimd--send) #'fimd-test--receive))
       ,@body)
     (setq fimd--uri nil)))

(defun fimd-test--edit ()
  "Change something at random."
  (let ((place (1+ (random (1+ (buffer-size))))))
    (goto-char place)
    (pcase (random 8)
      (0 (insert "\n"))
      (1 (insert "word \U0001f600"))
      (2 (delete-region place (min (point-max) (+ place (random 9)))))
      (3 (upcase-region place (min (point-max) (+ place 20))))
      (4 (sort-lines nil (point-min) place))
      (5 (while (re-search-forward "o" nil t) (replace-match "00")))
      (6 (transpose-regions (point-min) (/ (+ (point-min) place) 2) place place))
      (7 (save-restriction
           (narrow-to-region place (point-max))
           (goto-char (point-min))
           (insert "narrow")
           (indent-rigidly (point-min) (point-max) 2))))))

(ert-deftest fimd-server-sees-the-same-text ()
  "Whatever changed the buffer."
  (random "fimd")
  (fimd-test--with-document "one\n  two\n\nthree four\n"
    (dotimes (round 300)
      (dotimes (_ (1+ (random 3)))
        (fimd-test--edit))
      (when (> (buffer-size) 2000)
        (delete-region 500 (point-max)))
      (fimd--flush)
      (ert-info ((format "round %d" round))
        (should (equal fimd-test--mirror (buffer-string)))))))

(ert-deftest fimd-server-sees-an-undo ()
  (fimd-test--with-document "one\ntwo\n"
    (undo-boundary)
    (goto-char 2)
    (insert "x\ny")
    (undo-boundary)
    (delete-region 1 5)
    (undo-boundary)
    (fimd--flush)
    (should (equal fimd-test--mirror (buffer-string)))
    (primitive-undo 2 buffer-undo-list)
    (fimd--flush)
    (should (equal fimd-test--mirror (buffer-string)))))

(ert-deftest fimd-bytes-that-are-no-characters-are-sent-as-marks ()
  (with-temp-buffer
    (insert "a" (unibyte-char-to-multibyte 200) "b")
    (should (equal (fimd--text (point-min) (point-max)) "a?b"))))

(defun fimd-test--rest (annotated text first last now)
  "What is left of TEXT for FIRST to LAST at ^ of ANNOTATED, once the buffer is NOW."
  (with-temp-buffer
    (insert annotated)
    (search-backward "^")
    (delete-char 1)
    (let ((item (list :insertText text
                      :range (list :start (list :line 0 :character first)
                                   :end (list :line 0 :character last)))))
      (setq fimd--suggestions
            (delq nil (list (fimd--make-suggestion item (fimd--line) (1- (point)))))))
    (erase-buffer)
    (insert now)
    (search-backward "^")
    (delete-char 1)
    (fimd--rest)))

(ert-deftest fimd-suggestion-follows-typing ()
  (pcase-dolist (`(,now ,rest)
                 '(("items.ap^)" "pend(item)") ("items.appe^)" "nd(item)") ("items.^)" "append(item)")
                   ("items.apx^)" nil) ("items.appe^))" nil) ("items^)" nil)
                   ("items.append(item)^)" nil) ("\nitems.ap^)" nil)))
    (ert-info (now)
      (should (equal (fimd-test--rest "items.ap^)" "append(item)" 6 9 now) rest)))))

(ert-deftest fimd-range-beyond-the-cursor-is-no-suggestion ()
  (should-not (fimd-test--rest "ab^c" "x" 3 3 "ab^c")))

(ert-deftest fimd-languages-are-enabled-by-name ()
  (with-temp-buffer
    (let ((fimd-settings '(:enable (:* :json-false :python t))))
      (setq major-mode 'python-mode)
      (should (fimd--language-enabled-p))
      (setq major-mode 'python-ts-mode)
      (should (fimd--language-enabled-p))
      (setq major-mode 'c++-mode)
      (should (equal (fimd--language-id) "cpp"))
      (should-not (fimd--language-enabled-p)))
    (let ((fimd-settings nil))
      (should (fimd--language-enabled-p)))))

(ert-deftest fimd-settings-are-flattened-for-lsp-mode ()
  (should (equal (fimd--flatten '(:trigger "manual" :inComments :json-false
                                  :context (:neighbours t))
                                "fimd")
                 '(("fimd.trigger" "manual" nil) ("fimd.inComments" nil t)
                   ("fimd.context.neighbours" t t)))))
