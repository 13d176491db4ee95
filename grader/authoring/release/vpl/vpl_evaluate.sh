#!/bin/bash
# VPL runs this before the evaluation, as the user that the submission runs as, and then deletes it and the packed
# exercise. What is unpacked here is what ./vpl_execution works with. GRADER_HOME is for trying it out elsewhere.
[ -f common_script.sh ] && . ./common_script.sh
work=.keras-grader
rm -rf "$work" vpl_execution
(umask 077 && mkdir -p "$work/hand-in" && base64 -d keras_grader.txt > "$work/packed.zip")
printf '%s' "${VPL_GRADEMAX:-}" > "$work/maximum"
while IFS= read -r file; do
    if [ -n "$file" ] && [ -f "$file" ]; then
        mkdir -p "$work/hand-in/$(dirname -- "$file")" && cp -- "$file" "$work/hand-in/$file"
    fi
done <<< "${VPL_SUBFILES:-}"
cat > vpl_execution <<END
#!/bin/bash
exec "${GRADER_HOME:-/opt/keras-grader}/bin/python" -P -m grader.authoring.release.vpl.harness "\$PWD/$work"
END
chmod +x vpl_execution
