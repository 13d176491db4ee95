#!/bin/sh
# Gradescope runs this, as root, for each hand-in. AUTOGRADER and GRADER_HOME are for trying it out elsewhere.
autograder=${AUTOGRADER:-/autograder}
home=${GRADER_HOME:-/opt/keras-grader}

# Without results Gradescope tells of a failed autograder, which is no mark: so none may be left from before.
rm -f "$autograder/results/results.json"
cd / && exec "$home/bin/python" -P -m grader.authoring.release.gradescope.harness "$autograder"
