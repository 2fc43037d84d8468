-- Each service makes its own database, carillon_<service>, when it is opened first.
GRANT ALL PRIVILEGES ON `carillon\_%`.* TO 'carillon'@'%';
