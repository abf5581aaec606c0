module vitals

go 1.26
