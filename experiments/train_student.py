"""Trains a small generator to do what a teacher does.

The teacher is a folder of photos and what it made of them, or any generator's weights:

Examples:
  python experiments/train_student.py --pairs published --hold-out 2 --out runs/student
  python experiments/train_student.py --teacher 20_7189_G.pth --images photos --out runs/student
  python experiments/train_student.py --teacher bowls_64 --image-size 64 --out runs/student
  python experiments/train_student.py --pairs published --pretrained-model runs/student --out more
  python experiments/train_student.py --out runs/student --resume

Without --pairs and --images the teacher is asked about rendered bowls. The folder of --pairs has a
table manifest.csv with a row per picture: file, input (number of the photo), source (its dish) and
target (the dish it was turned into, or input for the photo itself). The run folder is that of
`foodgan train`; each sample grid has the teacher's row above the student's.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('student', __doc__, default='student'))
